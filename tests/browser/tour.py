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
# The customer goes on typing while the pointer rests on the list.
TYPE_ON = """(field) => {
  field.value = "no sound at all";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 375, "height": 720},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
    "rtl": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "light"},
}


def tour(browser: Browser, origin: str, look: str, shoot: Callable[[Page, str], None]) -> None:
    """Through all states of one look, a picture of each."""
    page = browser.new_context(**LOOKS[look], reduced_motion="reduce").new_page()
    if look == "rtl":
        page.route(origin + "/", _in_arabic)
    _form(page, origin, shoot)
    _panel(page, shoot)
    _before_sending(page, origin, shoot)
    _pages(page, origin, shoot)
    page.context.close()


def _type(page: Page, field: str, text: str) -> None:
    page.locator(field).press_sequentially(text)
    page.locator("self-help .list:visible").wait_for()
    page.wait_for_timeout(400)


def _form(page: Page, origin: str, shoot: Callable[[Page, str], None]) -> None:
    page.goto(origin + "/")
    shoot(page, "01-form")
    page.locator("#subject").fill("Remote session")
    _type(page, "textarea", QUESTION)
    shoot(page, "02-suggestions")
    page.locator("self-help .links li").first.hover()
    page.locator("textarea").evaluate(TYPE_ON)
    page.locator("self-help .newer").wait_for()
    shoot(page, "03-newer-suggestions")
    page.mouse.move(5, 5)


def _panel(page: Page, shoot: Callable[[Page, str], None]) -> None:
    page.locator("self-help .links a").first.click()
    page.locator("self-help .body h2").first.wait_for()
    shoot(page, "04-article")
    page.locator("self-help .body a[href*='/help/']").first.click()
    page.locator("self-help .body p").nth(1).wait_for()
    shoot(page, "05-linked-article")
    page.locator("self-help .verdict button").nth(1).click()
    shoot(page, "06-not-quite")
    page.locator("self-help .reason").first.click()
    shoot(page, "07-back-at-the-form")
    page.locator("self-help .links a").first.click()
    page.locator("self-help .body p").first.wait_for()
    page.locator("self-help .verdict .main").click()
    shoot(page, "08-solved-and-effort")
    page.locator("self-help .score").nth(4).click()
    shoot(page, "09-effort-noted")


def _before_sending(page: Page, origin: str, shoot: Callable[[Page, str], None]) -> None:
    page.route("**/v1/suggestions", _with_a_notice)
    page.goto(origin + "/")
    _type(page, "textarea", "payment refused")
    shoot(page, "10-notice")
    page.locator("#email").fill("ann@example.com")
    page.locator("[type=submit]").click()
    page.locator("self-help .notice a").wait_for()
    shoot(page, "11-reminder")
    page.unroute("**/v1/suggestions")


def _pages(page: Page, origin: str, shoot: Callable[[Page, str], None]) -> None:
    for name, path in (("12-sent", "/demo/sent"), ("13-help-centre", "/help/en/"),
                       ("14-article-page", "/help/en/black-screen"), ("15-missing", "/help/en/nothing"),
                       ("16-missing-elsewhere", "/nowhere")):  # fmt: skip
        page.goto(origin + path)
        shoot(page, name)
    page.goto(origin + "/help/en/")
    _type(page, "#question", "refund")
    shoot(page, "17-search")
    page.goto(origin + "/help/en/black-screen")
    page.emulate_media(media="print")
    shoot(page, "18-on-paper")


def _with_a_notice(route: Route) -> None:
    """As during an incident, and with a first suggestion likely enough for the line before sending."""
    answer = route.fetch()
    said = answer.json() | {
        "notice": {"text": "Card payments fail just now. We are on it.", "url": "/status"}
    }
    said["suggestions"] = [one | {"confidence": 0.95} for one in said["suggestions"]]
    route.fulfill(response=answer, json=said)


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
