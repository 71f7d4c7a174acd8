"""A search box: nothing is submitted, Enter leads to the first suggestion."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from site_of_customer import Site
from slow_api import SlowApi, suggestion

SEARCH = '<form id="ask"><input id="q" type="search"></form>'


def _open(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(SEARCH + api.tag(form="#ask", description="#q", submit="search")))
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("delay", [0.0, 0.6])
def test_enter_before_the_pause_is_over_asks_at_once_and_leads_to_the_first_suggestion(
    page: Page, site: Site, api: SlowApi, delay: float
) -> None:
    api.config["debounce_ms"] = 100_000
    api.delay = lambda text: delay
    _open(page, site, api)
    with page.expect_response("**/v1/config"):
        page.locator("#q").press_sequentially("ref")
    page.locator("#q").press_sequentially("und me")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="About refund")).to_be_focused()
    assert api.texts() == ["refund me"]


def test_enter_while_the_answer_is_on_its_way_does_not_ask_again(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.delay = lambda text: 0.6
    _open(page, site, api)
    with page.expect_request("**/v1/suggestions"):
        page.fill("#q", "refund")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="About refund")).to_be_focused()
    assert api.texts() == ["refund"]


def test_who_types_on_after_enter_is_not_led_away(page: Page, site: Site, api: SlowApi) -> None:
    api.delay = lambda text: 0.4
    _open(page, site, api)
    page.fill("#q", "refund")
    page.keyboard.press("Enter")
    page.keyboard.type(" me")
    expect(page.locator("self-help .links a")).to_have_text(["About refund", "About me"])
    expect(page.locator("#q")).to_be_focused()


def test_a_search_is_never_met_with_a_line_before_sending(page: Page, site: Site, api: SlowApi) -> None:
    api.suggest = lambda text: [suggestion("refund", confidence=0.95)]
    _open(page, site, api)
    page.fill("#q", "refund")
    link = page.get_by_role("link", name="About refund")
    expect(link).to_be_visible()
    page.keyboard.press("Enter")
    expect(link).to_be_focused()
    expect(page.locator("self-help .notice")).to_be_empty()
