"""Opening a suggestion beside the form, and saying whether it helped."""

from __future__ import annotations

from typing import Any

import pytest
from held_back import hold_back
from playwright.sync_api import Locator, Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi

HEARD = """
window.heard = [];
for (const name of ['shown', 'opened', 'solved', 'submitted'])
  document.addEventListener('selfhelp:' + name, (event) => heard.push([name, event.target.id, event.detail]));
"""
TYPED = "black screen"


@pytest.fixture
def panel(page: Page, site: Site, api: SlowApi) -> Locator:
    """The panel with the first of two suggestions open."""
    page.add_init_script(HEARD)
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").press_sequentially(TYPED)
    page.get_by_role("link", name="About black").click()
    return page.get_by_role("dialog")


def _heard(page: Page, name: str) -> list[Any]:
    heard: list[list[Any]] = page.evaluate("heard")
    return [detail for what, form, detail in heard if what == name and form == "request"]


def test_a_suggestion_opens_beside_the_untouched_form_at_its_passage(panel: Locator, page: Page) -> None:
    expect(panel).to_be_visible()
    expect(panel.get_by_role("heading", name="About black")).to_be_focused()
    expect(panel.get_by_role("heading", name="Later on")).to_be_in_viewport()
    expect(page.locator("#body")).to_have_value(TYPED)
    assert _heard(page, "opened") == [{"slug": "black"}]


def test_pictures_and_links_of_the_article_lead_to_the_server(panel: Locator, api: SlowApi) -> None:
    expect(panel.locator("img")).to_have_attribute("src", f"{api.origin}/help/images/one.png")
    expect(panel.get_by_role("link", name="the second")).to_have_attribute(
        "href", f"{api.origin}/help/en/second#later"
    )
    expect(panel.get_by_role("link", name="Open full page")).to_have_attribute(
        "href", f"{api.origin}/help/en/black#later"
    )


def test_escape_closes_it_and_focus_goes_back_to_the_link(panel: Locator, page: Page) -> None:
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("link", name="About black")).to_be_focused()
    expect(page.locator("#body")).to_have_value(TYPED)


def test_a_click_beside_the_panel_closes_it(panel: Locator, page: Page) -> None:
    expect(panel).to_be_visible()
    page.mouse.click(30, 30)
    expect(panel).to_be_hidden()


def test_other_links_of_the_article_open_a_new_tab_and_leave_form_and_panel_alone(
    panel: Locator, page: Page
) -> None:
    address = page.url
    with page.context.expect_page() as opened:
        panel.get_by_role("link", name="the plan").click()
    assert opened.value.url.endswith("/help/images/plan.png")
    panel.get_by_role("link", name="above").click()
    expect(panel.get_by_role("heading", name="Later on")).to_be_in_viewport()
    assert page.url == address
    expect(page.locator("#body")).to_have_value(TYPED)


def test_a_link_to_another_article_opens_it_in_the_panel_and_back_leads_the_way_back(
    panel: Locator, page: Page, api: SlowApi
) -> None:
    body = panel.locator(".body")
    expect(panel.get_by_role("heading", name="Later on")).to_be_visible()
    panel.get_by_role("link", name="the second").scroll_into_view_if_needed()
    read = body.evaluate("one => one.scrollTop")
    panel.get_by_role("link", name="the second").click()
    expect(panel.get_by_role("heading", name="About second")).to_be_focused()
    expect(panel.get_by_role("link", name="Open full page")).to_have_attribute(
        "href", f"{api.origin}/help/en/second#later"
    )
    panel.get_by_role("button", name="Back", exact=True).click()
    expect(panel.get_by_role("heading", name="About black")).to_be_focused()
    expect(panel.get_by_role("heading", name="Later on")).to_be_visible()
    assert body.evaluate("one => one.scrollTop") == read
    panel.get_by_role("button", name="Back", exact=True).click()
    expect(panel).to_be_hidden()
    expect(page.get_by_role("link", name="About black")).to_be_focused()
    assert page.context.pages == [page]
    page.wait_for_timeout(400)
    told = [(one["type"], one["slug"]) for one in api.events() if one["type"] in ("opened", "closed")]
    black, second = [("opened", "black"), ("closed", "black")], [("opened", "second"), ("closed", "second")]
    assert told == [*black, *second, *black]


def test_what_is_said_of_an_article_belongs_to_the_one_on_screen(
    panel: Locator, page: Page, api: SlowApi
) -> None:
    panel.get_by_role("button", name="Not quite").click()
    panel.get_by_role("link", name="the second").click()
    expect(panel.get_by_role("heading", name="About second")).to_be_visible()
    panel.get_by_role("button", name="This solved it").click()
    page.wait_for_timeout(400)
    told = [(one["type"], one["slug"]) for one in api.events() if one["type"] in ("not_solved", "solved")]
    assert told == [("not_solved", "black"), ("solved", "second")]


def test_with_a_modifier_key_a_link_to_another_article_opens_a_new_tab(panel: Locator, page: Page) -> None:
    with page.context.expect_page() as opened:
        panel.get_by_role("link", name="the second").click(modifiers=["ControlOrMeta"])
    assert opened.value.url.endswith("/help/en/second#later")
    expect(panel.get_by_role("heading", name="About black")).to_be_visible()


def test_solved_thanks_and_offers_to_go_on_anyway(panel: Locator, page: Page, api: SlowApi) -> None:
    panel.get_by_role("button", name="This solved it").click()
    expect(panel.get_by_text("Glad that helped!")).to_be_focused()
    panel.get_by_role("button", name="5").click()
    panel.get_by_role("button", name="Send my request anyway").click()
    expect(panel).to_be_hidden()
    expect(page.locator("#send")).to_be_focused()
    expect(page.locator("#body")).to_have_value(TYPED)
    assert _heard(page, "solved") == [{"slug": "black"}]
    page.wait_for_timeout(400)
    solved = [event for event in api.events() if event["type"] in ("solved", "effort")]
    assert [(event["type"], event.get("slug"), event.get("score")) for event in solved] == [
        ("solved", "black", None),
        ("effort", None, 5),
    ]


def test_not_quite_leads_back_to_the_form_as_it_was(panel: Locator, page: Page, api: SlowApi) -> None:
    page.wait_for_timeout(300)
    panel.get_by_role("button", name="Not quite").click()
    panel.get_by_role("button", name="Back to my request").click()
    expect(panel).to_be_hidden()
    expect(page.locator("#body")).to_be_focused()
    expect(page.locator("#body")).to_have_value(TYPED)
    page.keyboard.type("!")
    expect(page.locator("#body")).to_have_value(TYPED + "!")
    page.wait_for_timeout(400)
    told = {event["type"]: event for event in api.events()}
    assert told["not_solved"]["query_id"] == told["opened"]["query_id"] == "q-black screen"
    assert "reason" not in told["not_solved"]
    assert told["closed"]["slug"] == "black"
    assert 0.2 < told["closed"]["seconds"] < 5


def test_a_reason_may_be_given_with_one_press_and_is_told_as_a_code(
    panel: Locator, page: Page, api: SlowApi
) -> None:
    panel.get_by_role("button", name="Not quite").click()
    expect(panel.get_by_text("What was wrong?")).to_be_focused()
    panel.get_by_role("button", name="I had tried that already").click()
    expect(panel).to_be_hidden()
    expect(page.locator("#body")).to_be_focused()
    page.wait_for_timeout(400)
    told = [event for event in api.events() if event["type"] == "not_solved"]
    assert [(event["slug"], event["reason"]) for event in told] == [("black", "tried")]


def test_who_doubts_and_just_closes_the_panel_is_heard_too(panel: Locator, page: Page, api: SlowApi) -> None:
    panel.get_by_role("button", name="Not quite").click()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.wait_for_timeout(400)
    assert api.event_types().count("not_solved") == 1


def _held_back(page: Page, site: Site, api: SlowApi) -> Locator:
    """The panel with an article whose link newer suggestions, which came meanwhile, do not have."""
    hold_back(page, site, api, "three", Locator.click)
    return page.get_by_role("dialog")


def test_an_answer_that_comes_while_reading_waits_and_leaves_focus_its_way_back(
    page: Page, site: Site, api: SlowApi
) -> None:
    panel = _held_back(page, site, api)
    page.wait_for_timeout(200)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("link", name="About one")).to_be_focused()
    page.mouse.move(5, 5)
    page.locator("#body").focus()
    expect(page.locator("self-help .links a")).to_have_text(["About three"])


def test_an_answer_held_back_before_reading_waits_on(page: Page, site: Site, api: SlowApi) -> None:
    link = hold_back(page, site, api, "two one", Locator.focus)
    expect(page.get_by_role("button", name="Show newer suggestions")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(200)
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(page.locator("self-help .links a")).to_have_text(["About one"])


def test_what_came_meanwhile_is_shown_after_reading_and_the_article_stays_with_its_question(
    page: Page, site: Site, api: SlowApi
) -> None:
    panel = _held_back(page, site, api)
    page.wait_for_timeout(200)
    panel.get_by_role("button", name="This solved it").click()
    panel.get_by_role("button", name="4", exact=True).click()
    panel.get_by_role("button", name="Done").click()
    page.mouse.move(5, 5)
    page.locator("#body").focus()
    expect(page.locator("self-help .links a")).to_have_text(["About three"])
    page.wait_for_timeout(400)
    told = {event["type"]: event["query_id"] for event in api.events() if event["type"] != "shown"}
    assert told == dict.fromkeys(("opened", "solved", "effort", "closed"), "q-one")
