"""`make screenshots`: every state of widget and pages in light, dark, phone and right to left, as PNGs.

    python tests/browser/tour.py DATA FOLDER

Not a test: the pictures are there to be looked at.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright
from served import Served

QUESTION = "the screen stays black after I connect"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 720}, "has_touch": True, "device_scale_factor": 2},
    "rtl": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "light"},
}


def tour(browser: Browser, origin: str, look: str, shoot: Callable[[Page, str], None]) -> None:
    """Through all states of one look, a picture of each."""
    page = browser.new_context(**LOOKS[look], reduced_motion="reduce").new_page()
    if look == "rtl":
        page.route(origin + "/", _in_arabic)
    page.goto(origin + "/")
    shoot(page, "1-form")
    page.locator("#subject").fill("Remote session")
    page.locator("textarea").press_sequentially(QUESTION)
    page.locator("self-help .links a").first.wait_for()
    page.wait_for_timeout(300)
    shoot(page, "2-suggestions")
    page.locator("self-help .links a").first.click()
    page.locator("self-help .body h2").first.wait_for()
    shoot(page, "3-article")
    page.locator("self-help .verdict button").nth(1).click()
    shoot(page, "4-not-quite")
    page.locator("self-help .reason").first.click()
    shoot(page, "5-back-at-the-form")
    page.locator("self-help .links a").nth(1).click()
    page.locator("self-help .verdict .main").click()
    shoot(page, "6-solved")
    for name, path in (("7-help-centre", "/help/en/"), ("8-article-page", "/help/en/black-screen"),
                       ("9-error", "/help/en/nothing"), ("10-sent", "/demo/sent")):  # fmt: skip
        page.goto(origin + path)
        shoot(page, name)
    page.goto(origin + "/help/en/")
    page.locator("#question").press_sequentially("refund")
    page.locator("self-help .links a").first.wait_for()
    shoot(page, "11-search")
    page.context.close()


def _in_arabic(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('<html lang="en"', '<html lang="ar" dir="rtl"'))


def main(data: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    served = Served.start(data)
    try:
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            for look in LOOKS:

                def shoot(page: Page, name: str, look: str = look) -> None:
                    page.screenshot(path=folder / f"{look}-{name}.png")

                tour(browser, served.origin, look, shoot)
    finally:
        served.stop()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
