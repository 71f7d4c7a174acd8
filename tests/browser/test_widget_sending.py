"""The form itself: it always works, whoever takes the ticket and whatever fails."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi

NOWHERE = FORM.replace(' action="/own-action" method="post"', "")


def _fill(page: Page, text: str = "black screen") -> None:
    page.locator("[name=subject]").fill("Help")
    page.locator("[type=email]").fill("ann@example.com")
    page.locator("#body").fill(text)


def _tickets(api: SlowApi) -> list[dict[str, Any]]:
    return [one.json for one in api.requests("/v1/tickets")]


def test_the_form_submits_itself_and_that_is_told(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    _fill(page)
    expect(page.locator("self-help .links a").first).to_be_visible()
    page.click("#send")
    expect(page).to_have_title("Received")
    assert site.posts == [("/own-action", "subject=Help&body=black+screen&email=ann%40example.com")]
    page.wait_for_timeout(300)
    assert "submitted" in api.event_types()
    assert "left" not in api.event_types()
    assert _tickets(api) == []


def test_enter_in_a_field_still_submits(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    page.locator("[name=subject]").fill("black screen")
    expect(page.locator("self-help .links a").first).to_be_visible()
    page.locator("[name=subject]").press("Enter")
    expect(page).to_have_title("Received")


def test_the_form_submits_itself_when_the_api_is_away(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    api.down = True
    _fill(page)
    page.wait_for_timeout(300)
    page.click("#send")
    expect(page).to_have_title("Received")


def test_the_ticket_goes_to_the_api_with_what_was_shown_and_opened(
    page: Page, site: Site, api: SlowApi
) -> None:
    urgency = (
        '<select name="urgency"><option>Normal<option selected>High</select><input name="order" value="A 7">'
    )
    form = FORM.replace("<p><button", f"{urgency}<p><button")
    page.goto(site.put(form + api.tag(submit="selfhelp", user="u-1")) + "?token=secret#top")
    _fill(page)
    page.get_by_role("link", name="About screen").click()
    page.keyboard.press("Escape")
    page.click("#send")
    expect(page.get_by_text("We will answer to ann@example.com")).to_be_visible()
    [ticket] = _tickets(api)
    assert ticket == {
        "email": "ann@example.com", "subject": "Help", "message": "black screen\n\norder: A 7",
        "urgency": "high",
        "locale": "en", "page_url": f"{site.origin}/contact", "session_id": "s1", "person": "u-1",
        "query_id": "q-Help\nblack screen", "shown": ["Help", "black", "screen"], "opened": ["screen"],
    }  # fmt: skip
    assert site.posts == []
    assert page.locator("#body").input_value() == "black screen"


def test_a_double_click_makes_one_ticket(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag(submit="selfhelp")))
    _fill(page)
    page.dblclick("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    page.click("#send")
    page.wait_for_timeout(300)
    assert len({one.headers["idempotency-key"] for one in api.requests("/v1/tickets")}) == 1


def test_files_go_with_the_ticket(page: Page, site: Site, api: SlowApi) -> None:
    form = FORM.replace("<p><button", '<input type="file" name="shot" multiple><p><button')
    page.goto(site.put(form + api.tag(submit="selfhelp")))
    _fill(page)
    page.locator("[type=file]").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"pixels"}
    )
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    [asked] = api.requests("/v1/tickets")
    assert asked.headers["content-type"].startswith("multipart/form-data")
    assert b'name="files"; filename="a.txt"' in asked.body
    assert b"pixels" in asked.body
    ticket = asked.body.split(b'name="ticket"')[1].split(b"\r\n\r\n")[1].split(b"\r\n--")[0]
    assert json.loads(ticket)["email"] == "ann@example.com"


def test_when_the_api_is_away_the_ticket_goes_to_the_forms_own_action(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put(FORM + api.tag(submit="selfhelp")))
    page.wait_for_load_state("networkidle")
    api.down = True
    _fill(page)
    page.click("#send")
    expect(page).to_have_title("Received")
    assert len(site.posts) == 1


def test_without_an_action_the_text_stays_and_the_next_try_is_the_same_ticket(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    page.wait_for_load_state("networkidle")
    api.down = True
    _fill(page)
    page.click("#send")
    expect(page.get_by_text("could not be sent just now")).to_be_visible()
    assert page.locator("#body").input_value() == "black screen"
    api.down = False
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    assert len(_tickets(api)) == 1


def test_a_changed_request_is_a_ticket_of_its_own(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    for text in ("first", "second"):
        _fill(page, text)
        with page.expect_response("**/v1/tickets"):
            page.click("#send")
        expect(page.get_by_text("your request has arrived")).to_be_visible()
    assert len({one.headers["idempotency-key"] for one in api.requests("/v1/tickets")}) == 2


def test_what_is_missing_is_said_and_nothing_is_lost(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    page.locator("#body").fill("black screen")
    page.click("#send")
    expect(page.get_by_text("we need your e-mail address")).to_be_visible()
    assert page.locator("#body").input_value() == "black screen"
    assert _tickets(api) == []


def test_a_page_that_vetoes_the_submission_is_obeyed(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag(submit="selfhelp")))
    page.evaluate("document.forms[0].addEventListener('submit', (e) => e.preventDefault(), true)")
    _fill(page)
    page.click("#send")
    page.wait_for_timeout(300)
    assert _tickets(api) == []


def test_sent_before_the_answer_came_stays_said(page: Page, site: Site, api: SlowApi) -> None:
    api.delay = lambda text: 0.3
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    _fill(page)
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    page.wait_for_timeout(700)
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    expect(page.locator("self-help .list")).to_be_hidden()


def test_urgency_is_read_from_radio_buttons_too(page: Page, site: Site, api: SlowApi) -> None:
    choice = "".join(f'<input type="radio" name="priority" value="{one}">' for one in ("low", "urgent"))
    page.goto(site.put(NOWHERE.replace("<p><button", f"{choice}<p><button") + api.tag(submit="selfhelp")))
    _fill(page)
    page.locator("[value=urgent]").check()
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    [ticket] = _tickets(api)
    assert (ticket["urgency"], ticket["message"]) == ("urgent", "black screen")


def test_what_the_server_refuses_is_not_tried_again_and_stays(page: Page, site: Site, api: SlowApi) -> None:
    api.refuse = {"/v1/tickets": 413}
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    _fill(page)
    page.click("#send")
    expect(page.get_by_text("Please check your request")).to_be_visible()
    assert page.locator("#body").input_value() == "black screen"
    assert len(_tickets(api)) == 1


def test_sending_never_waits_for_suggestions(page: Page, site: Site, api: SlowApi) -> None:
    api.config |= {"request_timeout_ms": 60_000}
    api.delay = lambda text: 60.0
    page.goto(site.put(FORM + api.tag()))
    _fill(page)
    with page.expect_request("**/v1/suggestions"):
        page.locator("#body").press_sequentially("!")
    page.click("#send")
    expect(page).to_have_title("Received")


def test_what_can_be_verified_is_taken_out_of_questions_and_stays_in_the_ticket(
    page: Page, site: Site, api: SlowApi
) -> None:
    private = (
        "ann@example.com paid with 4111 1111 1111 1111, call +49 30 123456, key ghp_16C7e42F292c6912E771"
    )
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    page.locator("[type=email]").fill("ann@example.com")
    page.locator("#body").fill(private)
    expect(page.locator("self-help .links a").first).to_be_visible()
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    assert api.texts() == ["[email] paid with [card], call [phone], key [key]"]
    assert [one["message"] for one in _tickets(api)] == [private]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (
            '<label>Wie dringend? <select name="priority"><option value="1">Wenig'
            '<option value="3" selected>Hoch</select></label>',
            "Wie dringend?: Hoch",
        ),
        ('<label><input type="radio" name="priority" value="P1" checked> Top</label>', "Top: P1"),
        ('<select name="priority"><option value="" selected>Please choose</select>', ""),
    ],
)
def test_an_urgency_of_the_pages_own_goes_with_the_message(
    page: Page, site: Site, api: SlowApi, field: str, said: str
) -> None:
    page.goto(site.put(NOWHERE.replace("<p><button", f"{field}<p><button") + api.tag(submit="selfhelp")))
    _fill(page)
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    [ticket] = _tickets(api)
    assert "urgency" not in ticket
    assert ticket["message"] == "\n\n".join(filter(None, ["black screen", said]))


@pytest.mark.parametrize("place", ["document.forms[0]", "document"])
def test_a_veto_is_obeyed_though_it_was_added_later(page: Page, site: Site, api: SlowApi, place: str) -> None:
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    page.evaluate(f"{place}.addEventListener('submit', (e) => e.preventDefault())")
    _fill(page)
    page.click("#send")
    page.wait_for_timeout(300)
    assert _tickets(api) == []


@pytest.mark.parametrize("more", ["", "event.stopPropagation()"])
def test_what_an_editor_writes_into_its_field_on_submit_is_sent(
    page: Page, site: Site, api: SlowApi, more: str
) -> None:
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    editor = f"(event) => {{ document.querySelector('#body').value = 'from the editor'; {more} }}"
    page.evaluate(f"() => document.forms[0].addEventListener('submit', {editor})")
    _fill(page, "")
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    assert [one["message"] for one in _tickets(api)] == ["from the editor"]


RATING = """<script>customElements.define("x-rating", class extends HTMLElement {
  static formAssociated = true; name = "rating"; value = 4;
});</script><x-rating></x-rating>"""
NAMED = '<input name="elements" value="4">'
UNNAMED = '<label>Order <input id="order" value="4"></label><input value="nobody\'s">'


@pytest.mark.parametrize(
    ("field", "said"), [(RATING, "rating: 4"), (NAMED, "elements: 4"), (UNNAMED, "Order: 4")]
)
def test_unusual_fields_go_with_the_message(
    page: Page, site: Site, api: SlowApi, field: str, said: str
) -> None:
    page.goto(site.put(NOWHERE.replace("<p><button", f"{field}<p><button") + api.tag(submit="selfhelp")))
    _fill(page)
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    assert [one["message"] for one in _tickets(api)] == [f"black screen\n\n{said}"]


def test_what_goes_wrong_before_the_ticket_is_sent_leads_to_the_forms_own_action(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put(FORM + api.tag(submit="selfhelp", urgency="#1bad")))
    _fill(page)
    page.click("#send")
    expect(page).to_have_title("Received")


GUARDS = {
    "replaces the button": "({ submitter: old }) => setTimeout(() => old.replaceWith(old.cloneNode(true)))",
    "vetoes the second": "(e) => { if (window.sent) e.preventDefault(); window.sent = true }",
}


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)
def test_a_page_that_guards_against_two_clicks_still_gets_what_the_api_does_not(
    page: Page, site: Site, api: SlowApi, guard: str
) -> None:
    api.refuse = {"/v1/tickets": 503}
    page.goto(site.put(FORM + api.tag(submit="selfhelp")))
    page.evaluate(f"() => document.forms[0].addEventListener('submit', {guard})")
    _fill(page)
    page.click("#send")
    expect(page).to_have_title("Received")
    assert len(site.posts) == 1


def test_a_button_that_only_closes_a_dialog_sends_nothing(page: Page, site: Site, api: SlowApi) -> None:
    form = NOWHERE.replace("<p><button", '<button id="cancel" formmethod="dialog">Cancel</button><p><button')
    page.goto(site.put(f"<dialog open>{form}</dialog>" + api.tag(submit="selfhelp")))
    _fill(page)
    page.click("#cancel")
    expect(page.locator("dialog:has(form)")).to_be_hidden()
    page.wait_for_timeout(300)
    assert _tickets(api) == []


def test_half_a_character_that_the_page_left_is_sent_as_a_whole_one(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put(NOWHERE + api.tag(submit="selfhelp")))
    _fill(page)
    page.evaluate("() => { document.querySelector('#body').value = 'black \\ud83d' }")
    page.locator("[name=subject]").fill("Help me")
    expect(page.locator("self-help .links a").first).to_be_visible()
    page.click("#send")
    expect(page.get_by_text("your request has arrived")).to_be_visible()
    assert api.texts()[-1] == "Help me\nblack \ufffd"
    assert [one["message"] for one in _tickets(api)] == ["black \ufffd"]


def test_an_api_that_hangs_is_not_asked_twice(page: Page, site: Site, api: SlowApi) -> None:
    page.add_init_script(
        "const real = AbortSignal.timeout.bind(AbortSignal);"
        "AbortSignal.timeout = (ms) => real(ms > 60_000 ? 900 : ms)"
    )
    form = FORM.replace("<p><button", '<input type="file" name="shot"><p><button')
    page.goto(site.put(form + api.tag(submit="selfhelp")))
    asked: list[Route] = []

    def hang(route: Route) -> None:
        asked.append(route)

    page.route("**/v1/tickets", hang)
    _fill(page)
    page.locator("[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    page.click("#send")
    expect(page).to_have_title("Received")
    assert len(asked) == 1


@pytest.mark.parametrize("action", ["", "#", "#sent"])
def test_an_action_that_leads_nowhere_does_not_load_the_page_anew(
    page: Page, site: Site, api: SlowApi, action: str
) -> None:
    api.refuse = {"/v1/tickets": 422}
    page.goto(site.put(FORM.replace("/own-action", action) + api.tag(submit="selfhelp")))
    _fill(page)
    page.click("#send")
    expect(page.get_by_text("text and files must not be too large")).to_be_visible()
    assert page.locator("#body").input_value() == "black screen"


def test_an_answer_without_a_ticket_is_no_arrival(page: Page, site: Site, api: SlowApi) -> None:
    page.route(
        "**/v1/tickets", lambda route: route.fulfill(json={}, headers={"Access-Control-Allow-Origin": "*"})
    )
    page.goto(site.put(FORM + api.tag(submit="selfhelp")))
    _fill(page)
    page.click("#send")
    expect(page).to_have_title("Received")
