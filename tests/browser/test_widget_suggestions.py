"""What a suggestion shows, and where it leads."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi, suggestion


def test_with_a_modifier_key_it_opens_in_a_new_tab_as_links_do(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="About one").click(modifiers=["ControlOrMeta"])
    assert opened.value.url == f"{api.origin}/help/en/one#later"
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.wait_for_timeout(300)
    assert "opened" in api.event_types()


def test_an_article_that_cannot_be_fetched_leaves_its_link(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    expect(page.get_by_role("link", name="About one")).to_be_visible()
    api.down = True
    page.get_by_role("link", name="About one").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be shown")
    expect(page.get_by_role("link", name="Open full page")).to_be_visible()


def test_a_suggestion_in_another_language_says_so(page: Page, site: Site, api: SlowApi) -> None:
    api.suggest = lambda text: [suggestion("a", 1, locale="de"), suggestion("b", 2, locale="en-GB")]
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    expect(page.locator("self-help .language")).to_have_text(["German"])
    expect(page.locator("self-help li").first).to_have_attribute("lang", "de")


def test_highlights_count_characters_not_utf16_units(page: Page, site: Site, api: SlowApi) -> None:
    api.suggest = lambda text: [suggestion("a", excerpt="🖥️🖥️ black", highlights=[[5, 10]])]
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    expect(page.locator("self-help mark")).to_have_text("black")


def test_markup_in_a_title_or_an_excerpt_stays_text(page: Page, site: Site, api: SlowApi) -> None:
    evil = "<img src=x onerror='window.hacked=1'>"
    api.suggest = lambda text: [
        suggestion("a", title=evil, excerpt=evil, highlights=[[0, 5]]),
        suggestion("b", rank=2, url="javascript:window.hacked=1"),
    ]
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    expect(page.locator("self-help .links a").first).to_have_text(evil)
    expect(page.locator("self-help .excerpt").first).to_have_text(evil)
    assert page.locator("self-help img, self-help a[href^=javascript]").count() == 0
    assert page.evaluate("window.hacked") is None


NOTICE = {"text": "Card payments fail <b>just now</b>.", "url": None}


def test_a_pinned_notice_stands_above_the_suggestions_and_is_announced(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.notice = NOTICE | {"url": "/status"}
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    notice = page.locator("self-help .pinned")
    expect(notice).to_have_text(str(NOTICE["text"]))
    expect(notice.get_by_role("link")).to_have_attribute("href", f"{api.origin}/status")
    expect(page.locator("self-help [role=status]").first).to_have_text(f"{NOTICE['text']} 1 suggestion")
    above = "one => one.getBoundingClientRect().bottom"
    first = page.locator("self-help .links a").first
    assert notice.evaluate(above) <= first.evaluate("one => one.getBoundingClientRect().top")
    assert page.locator("self-help .pinned b").count() == 0


def test_a_notice_is_shown_where_no_article_helps_and_goes_with_the_next_answer(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.notice = NOTICE
    api.suggest = lambda text: []
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    expect(page.locator("self-help .pinned")).to_be_visible()
    expect(page.locator("self-help .head")).to_be_hidden()
    page.wait_for_timeout(300)
    assert "shown" not in api.event_types()
    api.notice = None
    page.locator("#body").fill("two")
    expect(page.locator("self-help .list")).to_be_hidden()


def test_a_notice_that_leads_nowhere_safe_is_text(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    for url in ("javascript:window.hacked=1", "http://["):
        api.notice = NOTICE | {"url": url}
        page.locator("#body").fill(url)
        expect(page.locator("self-help .pinned")).to_have_text(str(NOTICE["text"]))
        assert page.locator("self-help .pinned a").count() == 0
        page.locator("#body").fill("")
        expect(page.locator("self-help .list")).to_be_hidden()


SEEN = """() => {
  window.seen = [];
  const list = document.querySelector("self-help").shadowRoot.querySelector(".list");
  new MutationObserver(() => window.seen.push(list.hidden ? "" : list.querySelector("ul").textContent))
    .observe(list, { attributes: true, childList: true, subtree: true });
}"""


def _helped_by(text: str) -> list[dict[str, Any]]:
    """As an engine that half a word confuses: only whole words find something."""
    return [suggestion("screen")] if text.endswith(("screen", "black")) else []


def test_suggestions_stay_while_half_a_word_seems_to_be_another_question(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.suggest = _helped_by
    page.goto(site.put(FORM + api.tag()))
    body = page.locator("#body")
    body.fill("screen")
    link = page.get_by_role("link", name="About screen")
    expect(link).to_be_visible()
    page.evaluate(SEEN)
    for text in ("screen is bl", "screen is black"):
        body.fill(text)
        expect(link).to_be_visible()
        page.wait_for_timeout(300)
    page.wait_for_timeout(1000)
    assert api.texts() == ["screen", "screen is bl", "screen is black"]
    assert set(page.evaluate("window.seen")) <= {"About screenWhat to do about screen."}
    assert [event["query_id"] for event in api.events()] == ["q-screen", "q-screen is black"]


def test_what_nothing_answers_any_more_takes_them_away_after_a_moment(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.suggest = _helped_by
    page.set_viewport_size({"width": 360, "height": 320})
    page.goto(site.put(FORM + api.tag(), head="<style>p { margin-block: 3rem }</style>"))
    body = page.locator("#body")
    body.fill("screen")
    box, peek = page.locator("self-help .list"), page.get_by_role("button", name="1 suggestion")
    expect(peek).to_be_visible()
    body.fill("screening for jobs")
    page.wait_for_timeout(300)
    expect(box).to_be_visible()
    body.press_sequentially(" and more jobs")  # typing on does not begin the moment anew
    expect(box).to_be_hidden(timeout=1500)
    expect(peek).to_be_hidden()


def test_they_go_at_once_with_what_was_typed_and_are_not_mentioned_while_they_wait(
    page: Page, site: Site, api: SlowApi
) -> None:
    api.suggest = lambda text: [one | {"confidence": 0.95} for one in _helped_by(text)]
    page.goto(site.put(FORM + api.tag()))
    body, box = page.locator("#body"), page.locator("self-help .list")
    body.fill("screen")
    expect(box).to_be_visible()
    body.fill("")
    expect(box).to_be_hidden(timeout=200)
    body.fill("screen")
    expect(box).to_be_visible()
    body.fill("screening for jobs")
    page.wait_for_timeout(300)
    expect(box).to_be_visible()
    page.click("#send")
    expect(page).to_have_title("Received")
