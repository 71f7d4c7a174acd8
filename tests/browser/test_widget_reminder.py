"""The one line before sending."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi, suggestion


def _fill(page: Page) -> None:
    page.locator("[name=subject]").fill("Help")
    page.locator("#body").fill("black screen")


LOCKS = {
    "a timer of a click": "send.addEventListener('click', () => setTimeout(() => { send.disabled = true }))",
    "the document": "document.addEventListener('submit', (e) => { e.submitter.disabled = true }, true)",
}
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


def test_where_the_page_sends_it_itself_the_line_is_gone_once_it_was_sent(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.suggest = lambda text: [suggestion("black", **SURE)] if "black" in text else []
    page.goto(site.put(FORM + api.tag()))
    page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    _fill(page)
    expect(page.locator("self-help .links a").first).to_be_visible()
    line = page.get_by_role("status").filter(has_text="Before you send this")
    page.click("#send")
    expect(line).to_be_visible()
    page.click("#send")
    expect(line).to_be_hidden()


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


def test_on_a_phone_the_line_comes_into_view(page: Page, site: Site, api: SlowApi) -> None:
    api.suggest = lambda text: [suggestion(word, **SURE) for word in text.split()]
    page.set_viewport_size({"width": 360, "height": 560})
    below = '<p style="height: 900px">Office hours</p>'
    page.goto(
        site.put("<h1>Contact</h1>" + FORM + below + api.tag(), head="<style>textarea { width: 90% }</style>")
    )
    page.locator("#body").fill("black screen login")
    expect(page.locator("self-help .links a")).to_have_count(3)
    page.locator("#send").evaluate("one => one.scrollIntoView({ block: 'end' })")
    page.click("#send")
    expect(page.get_by_role("status").filter(has_text="Before you send this")).to_be_in_viewport(ratio=1)


def test_the_line_comes_back_into_a_form_that_was_redrawn(page: Page, site: Site, api: SlowApi) -> None:
    api.suggest = lambda text: [suggestion("black", **SURE)]
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("black")
    expect(page.locator("self-help .links a")).to_be_visible()
    page.evaluate(
        "inner => { document.forms[0].innerHTML = inner; body.value = 'black' }", FORM.split(">", 1)[1]
    )
    page.click("#send")
    expect(page.get_by_text("Before you send this")).to_be_visible()
    page.click("#send")
    expect(page).to_have_title("Received")


def test_where_the_line_cannot_be_shown_the_form_is_sent(page: Page, site: Site, api: SlowApi) -> None:
    api.suggest = lambda text: [suggestion("black", **SURE)]
    form = FORM.replace("</form>", '<div hidden><i id="here"></i></div></form>')
    page.goto(site.put(form + api.tag(place="#here")))
    page.locator("#body").fill("black")
    expect(page.locator("self-help .links a")).to_have_count(1)
    page.click("#send")
    expect(page).to_have_title("Received")


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_button_that_the_page_locks_as_it_is_pressed_can_be_pressed_again(
    page: Page, site: Site, api: SlowApi, lock: str
) -> None:
    api.suggest = lambda text: [suggestion("black", **SURE)]
    page.goto(site.put(FORM + api.tag()))
    page.evaluate(f"() => {{ const send = document.querySelector('#send'); {lock} }}")
    page.locator("#body").fill("black")
    expect(page.locator("self-help .links a")).to_be_visible()
    page.click("#send")
    expect(page.get_by_text("Before you send this")).to_be_visible()
    page.click("#send")
    expect(page).to_have_title("Received")


def test_a_button_that_only_closes_a_dialog_is_not_met_with_the_line(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.suggest = lambda text: [suggestion("black", **SURE)]
    form = FORM.replace("<p><button", '<button id="cancel" formmethod="dialog">Cancel</button><p><button')
    page.goto(site.put(f"<dialog open>{form}</dialog>" + api.tag()))
    page.locator("#body").fill("black")
    expect(page.locator("self-help .links a")).to_be_visible()
    page.click("#cancel")
    expect(page.locator("dialog:has(form)")).to_be_hidden()
    page.wait_for_timeout(300)
    assert "submitted" not in api.event_types()
