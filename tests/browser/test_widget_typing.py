"""When the widget asks, and whose answer it shows."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi

SEED = 7
SEQUENCES = 200
FORMS = 20
# Numbers that look random and repeat: mulberry32.
RANDOM = """(seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}"""
# Answers as a bad line brings them: 0 to 800 ms late, half of them though nobody wants them any more.
LATE_ANSWERS = f"""(seed) => {{
  const random = ({RANDOM})(seed);
  const real = window.fetch;
  window.late = 0;
  window.fetch = async (address, init) => {{
    if (!String(address).endsWith("/v1/suggestions")) return real(address, init);
    const deaf = random() < 0.5;
    await new Promise((resolve) => setTimeout(resolve, 800 * random()));
    if (init.signal.aborted && !deaf) throw init.signal.reason;
    if (init.signal.aborted) late += 1;
    const {{ text }} = JSON.parse(init.body);
    const found = {{ slug: text, title: text, locale: "en", url: "/help/en/x", anchor: "", excerpt: "",
                     highlights: [], confidence: 0.5, rank: 1 }};
    const answer = {{ session_id: "s", query_id: text, answered: true, suggestions: [found] }};
    return Response.json(answer);
  }};
}}"""
RANDOM_TYPING = f"""async ({{ seed, sequences }}) => {{
  const settled = [];
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await Promise.all([...document.forms].map(async (form, nth) => {{
    const random = ({RANDOM})(seed + nth);
    const field = form.querySelector("textarea");
    for (let done = 0; done < sequences; done++) {{
      for (let key = 1 + Math.floor(6 * random()); key > 0; key--) {{
        const more = "abc d"[Math.floor(5 * random())] + String.fromCharCode(97 + nth);
        field.value = random() < 0.3 ? field.value.slice(0, -1) : field.value + more;
        field.dispatchEvent(new InputEvent("input", {{ bubbles: true }}));
        await sleep(200 * random());
      }}
      await sleep(1000);
      const list = form.querySelector("self-help")?.shadowRoot.querySelector(".list");
      const shown = list && !list.hidden ? list.querySelector("a").textContent : "";
      const asked = field.value.trim();
      settled.push({{ shown, wanted: asked.length < 3 ? "" : asked }});
    }}
  }}));
  return settled;
}}"""


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


def test_what_was_typed_while_the_script_loaded_is_asked(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM))
    page.locator("#body").fill("sound")
    page.evaluate(
        "html => document.body.append(document.createRange().createContextualFragment(html))", api.tag()
    )
    expect(page.locator("self-help .links a")).to_have_text(["About sound"])


def test_what_the_page_filled_in_is_not_asked_before_the_customer_types(
    page: Page, site: Site, api: SlowApi
) -> None:
    form = FORM.replace("></textarea>", " autofocus>no sound</textarea>")
    page.goto(site.put(form + api.tag()))
    page.wait_for_load_state("networkidle")
    expect(page.locator("#body")).to_be_focused()
    page.wait_for_timeout(200)
    assert api.asked == []


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


def test_after_200_random_sequences_what_is_shown_belongs_to_what_is_in_the_field(
    page: Page, site: Site, api: SlowApi
) -> None:
    """Twenty forms at once, ten sequences each; half the answers come although they were given up."""
    api.config |= {"debounce_ms": 0}
    forms = FORM.replace('id="body"', "").replace('id="send"', "") * FORMS
    page.goto(site.put(forms))
    mount = f"""async () => {{
      const {{ mount }} = await import("{api.script}");
      for (const form of document.forms) mount(form, {{ person: "off" }});
    }}"""
    page.evaluate(mount)
    page.evaluate(LATE_ANSWERS, SEED)
    settled = page.evaluate(RANDOM_TYPING, {"seed": SEED, "sequences": SEQUENCES // FORMS})
    assert len(settled) == SEQUENCES
    assert [one for one in settled if one["shown"] != one["wanted"]] == []
    assert page.evaluate("late") > SEQUENCES / 4


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


def test_typing_keeps_the_page_awake(page: Page, site: Site, api: SlowApi) -> None:
    """While typing the browser itself counts no task of 50 ms or more.

    It counts by the clock: on a busy machine a task may wait for its turn, but hardly three times in a row.
    """
    page.goto(site.put(FORM + api.tag()))
    page.locator("#body").fill("one")
    expect(page.locator("self-help .links a").first).to_be_visible()
    page.evaluate(
        """() => {
          window.tasks = [];
          new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
            .observe({ type: "longtask" });
        }"""
    )
    counted = []
    for more in ("two three and then some more words", "five six and seven", "eight nine and ten"):
        page.locator("#body").press_sequentially(f" {more}", delay=30)
        expect(page.locator("self-help .links a")).to_have_count(3)
        page.wait_for_timeout(300)
        counted.append(page.evaluate("tasks.splice(0)"))
        if counted[-1] == []:
            return
    raise AssertionError(f"tasks in ms: {counted}")


def test_the_modules_it_is_made_of_work_as_they_are_written(page: Page, site: Site, api: SlowApi) -> None:
    api.script_path = "/source/selfhelp.js"
    _open(page, site, api)
    page.locator("#body").fill("black screen")
    expect(page.locator("self-help .links a")).to_have_text(["About black", "About screen"])


@pytest.mark.parametrize("pause", [1, 300, 700])
def test_the_pause_is_as_long_as_the_server_says(page: Page, site: Site, api: SlowApi, pause: int) -> None:
    api.config |= {"debounce_ms": pause}
    page.clock.install()
    _open(page, site, api)
    body = page.locator("#body")
    body.fill("one")
    expect(page.locator("self-help .links a")).to_have_count(1)
    page.clock.pause_at(page.evaluate("Date.now() + 10_000"))
    body.fill("one two")
    page.clock.run_for(pause - 1)
    page.wait_for_timeout(100)
    assert api.texts() == ["one"]
    with page.expect_request("**/v1/suggestions"):
        page.clock.run_for(1)


def test_a_question_that_is_overtaken_is_given_up(page: Page, site: Site, api: SlowApi) -> None:
    given_up: list[str] = []
    page.on("requestfailed", lambda request: given_up.append(str(request.post_data_json["text"])))
    api.delay = lambda text: 1.0 if text == "one" else 0.0
    _open(page, site, api)
    with page.expect_request("**/v1/suggestions"):
        page.locator("#body").fill("one")
    page.locator("#body").fill("one two")
    expect(page.locator("self-help .links a")).to_have_count(2)
    assert given_up == ["one"]


def test_a_keyboard_that_composes_every_word_is_answered_when_it_pauses(
    page: Page, site: Site, api: SlowApi
) -> None:
    """Phones: the last word is being composed until a space or another field comes."""
    _open(page, site, api)
    page.click("#body")
    ime = page.context.new_cdp_session(page)
    for word in ("black", "screen"):
        for end in range(1, len(word) + 1):
            ime.send(
                "Input.imeSetComposition", {"text": word[:end], "selectionStart": end, "selectionEnd": end}
            )
        if word == "black":
            ime.send("Input.insertText", {"text": word})
            page.keyboard.insert_text(" ")
    expect(page.locator("self-help .links a")).to_have_text(["About black", "About screen"])
    assert api.texts()[-1] == "black screen"


def test_a_form_that_is_reset_keeps_no_suggestions(page: Page, site: Site, api: SlowApi) -> None:
    _open(page, site, api)
    page.locator("#body").fill("one")
    expect(page.locator("self-help .links a")).to_be_visible()
    page.evaluate("document.forms[0].reset()")
    expect(page.locator("self-help .list")).to_be_hidden()


def test_of_a_huge_paste_no_more_is_asked_than_is_sent_and_nothing_private_is_left_at_the_cut(
    page: Page, site: Site, api: SlowApi
) -> None:
    _open(page, site, api)
    page.locator("#body").fill("card 4111 1111 1111 1111, " * 10_000)
    expect(page.locator("self-help .links a").first).to_be_visible()
    page.locator("#body").press("End")
    page.keyboard.type("and more")
    page.wait_for_timeout(300)
    [text] = api.texts()
    assert len(text) > 4000
    assert "4" not in text


def test_the_page_in_a_language_of_an_old_spelling_and_a_form_in_a_shadow_tree_are_understood(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put('<div id="host"></div>', lang="pt_BR"))
    mount = f"""async (form) => {{
      const root = document.querySelector("#host").attachShadow({{ mode: "open" }});
      root.innerHTML = form;
      (await import("{api.script}")).mount(root.querySelector("form"));
    }}"""
    page.evaluate(mount, FORM)
    page.locator("#body").fill("one")
    expect(page.locator("self-help .root")).to_have_attribute("lang", "pt-BR")
    expect(page.locator("self-help .links a")).to_be_visible()
    assert [one.json["locale"] for one in api.requests("/v1/suggestions")] == ["pt-BR"]
