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
    # What is on its way when the page goes is sent once more, rather than perhaps not at all.
    assert set(api.event_types()) == {"shown", "left"}
    assert {one.json["session_id"] for one in api.requests("/v1/events")} == {"s1"}


def test_reading_until_the_page_goes_counts_its_seconds(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    _type(page, "one")
    page.get_by_role("link", name="About one").click()
    page.wait_for_timeout(600)
    page.goto(site.put("bye", path="/bye"))
    page.wait_for_timeout(400)
    assert list(dict.fromkeys(api.event_types())) == ["shown", "opened", "closed", "left"]
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
    assert page.evaluate("localStorage.getItem('selfhelp.events')") == "[]"


def test_the_same_person_comes_back_unless_that_is_turned_off(page: Page, site: Site, api: SlowApi) -> None:
    off = {"person": "off"}
    visits = {"/a": {}, "/b": {}, "/c": {"user": "u-7"}, "/d": off, "/e": {"user": "u-7", **off}}
    for path, options in visits.items():
        page.goto(site.put(FORM + api.tag(**options), path=path))
        _type(page, "one")
    people = (one.json.get("person") for one in api.requests("/v1/suggestions"))
    first, second, named, nobody, only_named = people
    assert first == second
    assert len(first) > 20
    assert named == only_named == "u-7"
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


def test_a_search_box_says_what_it_is_for(page: Page, site: Site, api: SlowApi) -> None:
    search = '<form id="ask"><input name="q" type="search"></form>'
    page.goto(
        site.put(
            FORM
            + search
            + api.tag(form="#request")
            + api.tag(form="#ask", submit="search", description="[name=q]")
        )
    )
    for field in ("#body", "[name=q]"):
        page.locator(field).fill("one")
        page.wait_for_timeout(300)
    assert [one.json.get("purpose") for one in api.requests("/v1/suggestions")] == [None, "search"]


def test_the_page_hears_what_happens(page: Page, site: Site, api: SlowApi) -> None:
    page.add_init_script(
        """window.heard = [];
        for (const name of ["shown", "opened", "solved", "submitted"])
          document.addEventListener(`selfhelp:${name}`, (event) => {
            heard.push([name, event.target.id, event.detail]);
          });"""
    )
    page.goto(site.put(FORM + api.tag(submit="selfhelp")))
    page.locator("[type=email]").fill("ann@example.com")
    _type(page, "one")
    page.get_by_role("link", name="About one").click()
    page.get_by_role("button", name="This solved it").click()
    page.get_by_role("button", name="Done").click()
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    heard = page.evaluate("heard")
    assert [(name, form) for name, form, _ in heard] == [
        (name, "request") for name in ("shown", "opened", "solved", "submitted")
    ]
    shown, opened, solved, submitted = (detail for _, _, detail in heard)
    assert (shown["query_id"], [one["slug"] for one in shown["suggestions"]]) == ("q-one", ["one"])
    assert (opened, solved) == ({"slug": "one"}, {"slug": "one"})
    assert submitted["ticket_id"].startswith("T-")


def test_where_the_browser_keeps_nothing_a_visit_is_still_one_person_and_one_session(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.add_init_script(
        "for (const area of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, area, { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    page.goto(site.put(FORM + api.tag()))
    for text in ("one", "one two", "three"):
        page.locator("#body").fill(text)
        page.wait_for_timeout(300)
    asked = [one.json for one in api.requests("/v1/suggestions")]
    assert len(asked) == 3
    assert len({one["person"] for one in asked}) == 1
    assert [one.get("session_id") for one in asked[1:]] == ["s1"] * 2
    assert "shown" in api.event_types()
