"""When the widget asks, and whose answer it shows."""

from __future__ import annotations

import random
import time

from playwright.sync_api import Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi, suggestion

SEED = 7
SEQUENCES = 40


def _open(page: Page, site: Site, api: SlowApi, **data: str) -> None:
    page.goto(site.put(FORM + api.tag(**data)))
    page.wait_for_load_state("networkidle")


def _field(page: Page) -> str:
    return page.locator("#body").input_value()


def test_nothing_is_sent_or_kept_before_the_customer_types(page: Page, site: Site, api: SlowApi) -> None:
    _open(page, site, api)
    page.click("#body")
    page.keyboard.press("Shift")
    page.wait_for_timeout(200)
    assert api.asked == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []


def test_typing_letter_by_letter_shows_suggestions_as_links(page: Page, site: Site, api: SlowApi) -> None:
    _open(page, site, api)
    page.locator("#body").press_sequentially("black screen", delay=20)
    links = page.locator("self-help .links a")
    expect(links).to_have_text(["About black", "About screen"])
    expect(links.first).to_have_attribute("href", f"{api.origin}/help/en/black#later")
    expect(page.locator("self-help mark").first).to_have_text("black")
    expect(page.get_by_role("status").filter(has_text="2 suggestions")).to_be_visible()
    assert len(api.requests("/v1/config")) == 1
    assert page.get_by_role("combobox").count() == 0


def test_too_little_is_not_asked_but_two_characters_of_chinese_are(
    page: Page, site: Site, api: SlowApi
) -> None:
    _open(page, site, api)
    body = page.locator("#body")
    body.press_sequentially("ab")
    page.wait_for_timeout(300)
    assert api.texts() == []
    body.fill("黑屏")
    expect(page.locator("self-help .links a")).to_have_text(["About 黑屏"])
    body.fill("黑")
    expect(page.locator("self-help .list")).to_be_hidden()


def test_subject_and_description_are_one_question(page: Page, site: Site, api: SlowApi) -> None:
    _open(page, site, api)
    page.locator("[name=subject]").fill("no")
    page.locator("#body").fill("sound")
    expect(page.locator("self-help .links a")).to_have_text(["About no", "About sound"])
    assert api.texts()[-1] == "no\nsound"


def test_a_paste_sends_one_request(page: Page, site: Site, api: SlowApi) -> None:
    _open(page, site, api)
    page.click("#body")
    page.keyboard.insert_text("the whole screen stays black after login")
    expect(page.locator("self-help .links a")).to_have_count(3)
    page.wait_for_timeout(300)
    assert api.texts() == ["the whole screen stays black after login"]


def test_a_question_asked_before_is_answered_from_memory(page: Page, site: Site, api: SlowApi) -> None:
    _open(page, site, api)
    body = page.locator("#body")
    links = page.locator("self-help .links a")
    for text in ("one", "one two", "one"):
        body.fill(text)
        expect(links).to_have_count(len(text.split()))
    assert api.texts() == ["one", "one two"]


def test_keys_are_ignored_while_an_ime_composes(page: Page, site: Site, api: SlowApi) -> None:
    _open(page, site, api)
    page.click("#body")
    ime = page.context.new_cdp_session(page)
    for text in ("h", "he", "hei", "heip", "heipi", "heiping"):
        ime.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
        page.wait_for_timeout(90)
    assert api.texts() == []
    ime.send("Input.insertText", {"text": "黑屏"})
    expect(page.locator("self-help .links a")).to_have_text(["About 黑屏"])
    assert api.texts() == ["黑屏"]


def test_the_newest_keystroke_wins_however_late_the_answers_come(
    page: Page, site: Site, api: SlowApi
) -> None:
    random_delay = random.Random(SEED)  # noqa: S311  # no secret, but repeatable
    api.config |= {"debounce_ms": 0}
    api.delay = lambda text: random_delay.uniform(0, 0.3)
    api.suggest = lambda text: [suggestion(text.replace(" ", "-"), title=text)]
    _open(page, site, api)
    body = page.locator("#body")
    chosen = random.Random(SEED)  # noqa: S311  # no secret, but repeatable
    for _ in range(SEQUENCES):
        for _ in range(chosen.randint(1, 5)):
            if chosen.random() < 0.3:
                page.keyboard.press("Backspace")
            else:
                body.press_sequentially("".join(chosen.choices("abc ", k=3)))
            page.wait_for_timeout(chosen.uniform(0, 60))
        wanted = _field(page).strip()
        if len(wanted) >= 3:
            expect(page.locator("self-help .links a")).to_have_text([wanted])
        page.wait_for_timeout(chosen.uniform(0, 60))
        shown = page.locator("self-help .links a:visible").all_text_contents()
        assert shown in ([wanted], [])
    assert len(api.texts()) > SEQUENCES


def test_a_server_that_fails_is_asked_again_later_and_never_mentioned(
    page: Page, site: Site, api: SlowApi
) -> None:
    _open(page, site, api)
    body = page.locator("#body")
    body.fill("first words")
    expect(page.locator("self-help .links a")).to_have_count(2)
    api.down = True
    began = time.monotonic()
    body.press_sequentially(" and then some more", delay=10)
    expect(page.locator("self-help .list")).to_be_hidden()
    assert page.locator("self-help .notice").text_content() == ""
    api.down = False
    expect(page.locator("self-help .links a")).to_have_count(3)
    assert time.monotonic() - began > 1.5
    assert api.texts() == ["first words", "first words and then some more"]


def test_nothing_changes_under_the_pointer_a_newer_answer_is_offered_instead(
    page: Page, site: Site, api: SlowApi
) -> None:
    _open(page, site, api)
    body = page.locator("#body")
    body.fill("one")
    page.locator("self-help .links li").first.hover()
    body.press_sequentially(" two")
    page.get_by_role("button", name="Show newer suggestions").click(trial=True)
    expect(page.locator("self-help .links a")).to_have_text(["About one"])
    page.get_by_role("button", name="Show newer suggestions").click()
    expect(page.locator("self-help .links a")).to_have_text(["About one", "About two"])


def test_the_button_under_the_pointer_is_not_moved_away(page: Page, site: Site, api: SlowApi) -> None:
    _open(page, site, api)
    page.focus("#body")
    page.hover("#send")
    before = page.locator("#send").bounding_box()
    page.keyboard.type("one two")
    page.wait_for_timeout(300)
    assert page.locator("#send").bounding_box() == before
    page.hover("#body")
    expect(page.locator("self-help .links a")).to_have_count(2)
