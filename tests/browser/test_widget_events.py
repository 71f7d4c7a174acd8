"""What is told of a visit, when, and what happens to it when nobody listens."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi


def _type(page: Page, text: str) -> None:
    page.locator("#body").fill(text)
    expect(page.locator("self-help .links a").first).to_be_visible()


def test_each_question_shown_is_told_once_with_what_was_on_screen(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put(FORM + api.tag()) + "?token=secret#top")
    for text in ("one", "one two", "one"):
        _type(page, text)
        expect(page.locator("self-help .links a")).to_have_count(len(text.split()))
    page.wait_for_timeout(400)
    shown = [(event["query_id"], event["slug"], event["rank"]) for event in api.events()]
    assert shown == [("q-one", "one", 1), ("q-one two", "one", 1), ("q-one two", "two", 2)]
    for asked in api.requests("/v1/suggestions"):
        assert asked.json["page_url"] == f"{site.origin}/contact"
        assert "referer" not in asked.headers
        assert "cookie" not in asked.headers


def test_leaving_without_sending_is_told_while_the_page_goes(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    _type(page, "one")
    page.goto(site.put("bye", path="/bye"))
    page.wait_for_timeout(400)
    assert [event["type"] for event in api.events()] == ["shown", "left"]
    assert {one.json["session_id"] for one in api.requests("/v1/events")} == {"s1"}


def test_reading_until_the_page_goes_counts_its_seconds(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    _type(page, "one")
    page.get_by_role("link", name="About one").click()
    page.wait_for_timeout(600)
    page.goto(site.put("bye", path="/bye"))
    page.wait_for_timeout(400)
    assert api.event_types() == ["shown", "opened", "closed", "left"]
    closed = next(event for event in api.events() if event["type"] == "closed")
    assert 0.5 < closed["seconds"] < 5


def test_events_that_could_not_be_sent_are_sent_at_the_next_visit(
    page: Page, site: Site, api: SlowApi
) -> None:
    address = site.put(FORM + api.tag())
    page.goto(address)
    api.config |= {"event_flush_ms": 60_000}
    _type(page, "one")
    api.down = True
    page.goto(site.put("bye", path="/bye"))
    page.wait_for_timeout(300)
    assert api.events() == []
    api.down = False
    api.config |= {"event_flush_ms": 100}
    page.goto(address)
    page.wait_for_timeout(300)
    assert api.events() == []
    _type(page, "two")
    page.wait_for_timeout(600)
    assert api.event_types()[:2] == ["shown", "left"]
    assert page.evaluate("localStorage.getItem('selfhelp.events')") is None


def test_the_same_person_comes_back_unless_that_is_turned_off(page: Page, site: Site, api: SlowApi) -> None:
    for path, options in (("/a", {}), ("/b", {}), ("/c", {"user": "u-7"}), ("/d", {"person": "off"})):
        page.goto(site.put(FORM + api.tag(**options), path=path))
        _type(page, "one")
    first, second, named, nobody = (one.json.get("person") for one in api.requests("/v1/suggestions"))
    assert first == second
    assert len(first) > 20
    assert named == "u-7"
    assert nobody is None


def test_a_person_held_out_sees_nothing_and_sends_as_ever(page: Page, site: Site, api: SlowApi) -> None:
    api.held_out = True
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    page.wait_for_timeout(400)
    expect(page.locator("self-help .list")).to_be_hidden()
    page.click("#send")
    expect(page).to_have_title("Received")
    page.wait_for_timeout(200)
    assert api.event_types() == ["submitted"]
