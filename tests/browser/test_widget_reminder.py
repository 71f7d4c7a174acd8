"""The one line before sending."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi, suggestion


def _fill(page: Page) -> None:
    page.locator("[name=subject]").fill("Help")
    page.locator("#body").fill("black screen")


SURE = {"confidence": 0.95}


def test_a_likely_answer_not_yet_read_is_mentioned_once_and_sending_again_sends(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.suggest = lambda text: [suggestion("black", **SURE)] if "black" in text else []
    page.goto(site.put(FORM + api.tag()))
    _fill(page)
    expect(page.locator("self-help .links a").first).to_be_visible()
    page.click("#send")
    line = page.get_by_role("status").filter(has_text="Before you send this")
    expect(line.get_by_role("link", name="About black")).to_be_visible()
    expect(page.locator("#send")).to_be_focused()
    assert site.posts == []
    page.keyboard.press("Enter")
    expect(page).to_have_title("Received")
    assert len(site.posts) == 1


@pytest.mark.parametrize("why", ["unsure", "read", "turned off", "typed on"])
def test_without_good_reason_nothing_is_said_before_sending(
    page: Page, site: Site, api: SlowApi, why: str
) -> None:
    confidence = 0.6 if why == "unsure" else 0.95
    api.suggest = lambda text: [suggestion("black", confidence=confidence)] if "black" in text else []
    page.goto(site.put(FORM + api.tag(**({"reminder": "off"} if why == "turned off" else {}))))
    _fill(page)
    expect(page.locator("self-help .links a").first).to_be_visible()
    if why == "read":
        page.get_by_role("link", name="About black").click()
        page.keyboard.press("Escape")
    if why == "typed on":
        api.delay = lambda text: 1
        page.locator("#body").press_sequentially(" and more")
    page.click("#send")
    expect(page).to_have_title("Received")


def test_a_suggestion_of_an_older_question_is_not_mentioned(page: Page, site: Site, api: SlowApi) -> None:
    api.suggest = lambda text: [suggestion("new" if "two" in text else "old", **SURE)]
    page.goto(site.put(FORM + api.tag()))
    subject = page.locator("[name=subject]")
    subject.fill("one")
    page.locator("self-help .links li").first.hover()
    subject.press("End")
    page.keyboard.type(" two")
    expect(page.get_by_role("button", name="Show newer suggestions")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_title("Received")
