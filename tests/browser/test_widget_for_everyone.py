"""By keyboard, by screen reader, in other languages and other directions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi, suggestion

LOCALES = Path(__file__).parents[2] / "widget" / "locales"
NEAREST = {"de-AT": "de", "tlh": "en"}
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def _violations(page: Page) -> list[Any]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(
        "async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.target + ' ' + n.html)])"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_list_panel_and_thanks(
    page: Page, site: Site, api: SlowApi, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    api.suggest = lambda text: [suggestion("one"), suggestion("two", 2, locale="de")]
    head = "<style>:root { color-scheme: light dark; font-family: sans-serif }</style>"
    body = "<main><h1>Contact</h1>" + FORM.replace('name="subject"', 'name="subject" id="s"') + "</main>"
    page.goto(site.put(body + api.tag(), head=head))
    page.locator("#body").fill("one")
    expect(page.locator("self-help .links a")).to_have_count(2)
    assert _violations(page) == []
    page.get_by_role("link", name="About one").click()
    expect(page.get_by_role("heading", name="Later on")).to_be_visible()
    assert _violations(page) == []
    page.get_by_role("button", name="This solved it").click()
    expect(page.get_by_text("Glad that helped!")).to_be_visible()
    assert _violations(page) == []


def test_the_whole_way_by_keyboard_alone(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("one two")
    expect(page.locator("self-help .links a")).to_have_count(2)
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="About two")).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="Later on")).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.querySelector('self-help').shadowRoot.activeElement?.textContent")
            == "Not quite"
        ):
            break
    page.keyboard.press("Enter")
    expect(panel.get_by_text("What was wrong?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel).to_be_hidden()
    expect(page.locator("#body")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#send")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_title("Received")


def test_arabic_reads_from_right_to_left_and_is_fetched_only_when_someone_types(
    page: Page, site: Site, api: SlowApi
) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[1]))
    page.goto(site.put(FORM + api.tag(), lang="ar"))
    page.wait_for_load_state("networkidle")
    assert "ar.json" not in fetched
    page.locator("#body").fill("one two")
    expect(page.locator("self-help .count")).to_have_text("اقتراحان")
    assert page.locator("self-help .list").evaluate("box => getComputedStyle(box).direction") == "rtl"
    assert "ar.json" in fetched


@pytest.mark.parametrize("lang", [*sorted(path.stem for path in LOCALES.iterdir()), "de-AT", "tlh"])
def test_the_interface_speaks_the_pages_language(page: Page, site: Site, api: SlowApi, lang: str) -> None:
    words = json.loads((LOCALES / f"{NEAREST.get(lang, lang)}.json").read_text("utf-8"))
    page.goto(site.put(FORM + api.tag(), lang=lang))
    page.locator("#body").fill("one")
    expect(page.get_by_role("heading", name=words["heading"])).to_be_visible()
    assert api.requests("/v1/suggestions")[0].json["locale"] == lang


def test_the_language_can_be_set(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag(locale="de")))
    page.locator("#body").fill("one")
    expect(page.get_by_role("heading", name="Das hilft vielleicht schon")).to_be_visible()
    assert api.requests("/v1/suggestions")[0].json["locale"] == "de"


def test_what_a_language_does_not_say_is_said_in_english(page: Page, site: Site, api: SlowApi) -> None:
    page.route("**/locales/de.json", lambda route: route.fulfill(json={"yes": "Ja, gelöst"}))
    page.goto(site.put(FORM + api.tag(), lang="de"))
    page.locator("#body").fill("one")
    expect(page.get_by_role("heading", name="This may already help")).to_be_visible()
    page.get_by_role("link", name="About one").click()
    expect(page.get_by_role("button", name="Ja, gelöst")).to_be_visible()


def test_large_text_on_a_small_screen_cuts_no_button_off(page: Page, site: Site, api: SlowApi) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(
        site.put(
            FORM + api.tag(locale="de"),
            head="<style>html { font-size: 200% } textarea { width: 90% }</style>",
        )
    )
    page.locator("#body").fill("one")
    page.get_by_role("link", name="About one").click()
    page.get_by_role("button", name="Nicht ganz").click()
    for button in page.locator("self-help .verdict button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
