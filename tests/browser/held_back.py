"""A list that is in use while newer suggestions come."""

from __future__ import annotations

import threading
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi


def hold_back(page: Page, site: Site, api: SlowApi, typed: str, reach: Callable[[Locator], None]) -> Locator:
    """The link that answers "one", which `reach` gets to before the answer to `typed` has come."""
    reached = threading.Event()

    def wait(text: str) -> float:
        if text == typed:
            reached.wait()
        return 0.0

    api.delay = wait
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    link = page.get_by_role("link", name="About one")
    expect(link).to_be_visible()
    try:
        with page.expect_response("**/v1/suggestions"):
            page.locator("#body").fill(typed)
            reach(link)
            reached.set()
    finally:
        reached.set()
    return link
