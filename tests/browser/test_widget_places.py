"""Where suggestions appear: in place, beside or below the form, and never under the customer's hands."""

from __future__ import annotations

import pytest
from held_back import hold_back
from playwright.sync_api import Locator, Page, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi


def test_nothing_changes_under_the_pointer_a_newer_answer_is_offered_instead(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put(FORM + api.tag()))
    body = page.locator("#body")
    body.fill("one")
    page.locator("self-help .links li").first.hover()
    body.press_sequentially(" two")
    page.get_by_role("button", name="Show newer suggestions").click(trial=True)
    expect(page.locator("self-help .links a")).to_have_text(["About one"])
    page.get_by_role("button", name="Show newer suggestions").click()
    expect(page.locator("self-help .links a")).to_have_text(["About one", "About two"])


@pytest.mark.parametrize("width", [360, 700, 1100, 1500])
def test_nothing_of_the_form_moves_or_is_covered_when_suggestions_open(
    page: Page, site: Site, api: SlowApi, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    head = "<style>textarea { max-width: 90%; box-sizing: border-box } form { max-width: 600px }</style>"
    page.goto(site.put(FORM + "<p>After the form</p>" + api.tag(), head=head))
    boxes = "[...document.forms[0].elements].map((one) => JSON.stringify(one.getBoundingClientRect()))"
    before = page.evaluate(boxes)
    page.locator("#body").fill("one two three")
    expect(page.locator("self-help .links a")).to_have_count(3)
    assert page.evaluate(boxes) == before
    covered = """[...document.forms[0].elements].filter((one) => {
      const box = one.getBoundingClientRect();
      return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) !== one;
    }).length"""
    assert page.evaluate(covered) == 0


def test_with_room_beside_the_form_suggestions_stand_beside_what_is_typed(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.set_viewport_size({"width": 1300, "height": 800})
    head = "<style>form { max-width: 600px }</style>"
    page.goto(site.put(FORM + api.tag(), head=head))
    page.locator("#body").fill("one")
    box = page.locator("self-help .list")
    expect(box).to_be_visible()
    expect(box).to_have_class("list beside")
    left = box.evaluate("one => one.getBoundingClientRect().left")
    assert left > page.locator("form").evaluate("one => one.getBoundingClientRect().right")
    top = "one => Math.round(one.getBoundingClientRect().top)"
    assert box.evaluate(top) == page.locator("#body").evaluate(top)
    page.set_viewport_size({"width": 700, "height": 800})
    expect(box).to_have_class("list")


@pytest.mark.parametrize(
    "enlarged",
    ["html { zoom: 1.25 }", "main { zoom: 1.4 }", "main { transform: scale(1.3); transform-origin: 0 0 }"],
)
@pytest.mark.parametrize("width", [1600, 700])
def test_in_a_page_that_is_enlarged_everything_stands_where_it_belongs(
    page: Page, site: Site, api: SlowApi, enlarged: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 400})
    head = f"<style>form {{ max-width: 480px }} p {{ margin-block: 6rem }} {enlarged}</style>"
    page.goto(site.put(f"<main>{FORM}</main>{api.tag()}", head=head))
    page.locator("#body").fill("one")
    box = page.locator("self-help .list")
    if width == 1600:
        expect(box).to_have_class("list beside")
        field = _edges(page.locator("#body"))
        assert 0 < _edges(box)["left"] - _edges(page.locator("form"))["right"] < 30
        assert _edges(box)["top"] == pytest.approx(field["top"], abs=1)
    else:
        expect(page.locator("self-help .peek")).to_be_visible()
        peek, field = _edges(page.locator("self-help .peek")), _edges(page.locator("#body"))
        assert field["left"] < peek["left"] < peek["right"] < field["right"]
        assert field["top"] < peek["top"] < peek["bottom"] < field["bottom"]
    page.get_by_role("link", name="About one").click()
    panel = page.get_by_role("dialog")
    panel.evaluate("one => Promise.all(one.getAnimations().map((running) => running.finished))")
    panel_edges = _edges(panel)
    assert panel_edges["top"] >= 0
    assert panel_edges["bottom"] == pytest.approx(400, abs=1)
    expect(panel.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)


def _edges(one: Locator) -> dict[str, float]:
    edges: dict[str, float] = one.evaluate("one => one.getBoundingClientRect().toJSON()")
    return edges


def test_what_stands_beside_the_form_is_not_covered(page: Page, site: Site, api: SlowApi) -> None:
    page.set_viewport_size({"width": 1300, "height": 800})
    beside = '<aside style="position: absolute; left: 640px; top: 0; height: 300px">Office hours</aside>'
    page.goto(site.put(FORM + beside + api.tag(), head="<style>form { max-width: 600px }</style>"))
    page.locator("#body").fill("one")
    expect(page.locator("self-help .list")).to_have_class("list")


def test_a_list_out_of_sight_is_pointed_to_from_the_field(page: Page, site: Site, api: SlowApi) -> None:
    page.set_viewport_size({"width": 360, "height": 320})
    head = "<style>textarea { width: 90% } p { margin-block: 3rem }</style>"
    page.goto(site.put(FORM + api.tag(), head=head))
    page.locator("#body").fill("one two")
    page.get_by_role("button", name="2 suggestions").click()
    expect(page.get_by_role("link", name="About one")).to_be_focused()
    expect(page.get_by_role("link", name="About one")).to_be_in_viewport()
    expect(page.get_by_role("button", name="2 suggestions")).to_be_hidden()


def test_nothing_changes_while_the_keyboard_is_in_the_list(page: Page, site: Site, api: SlowApi) -> None:
    link = hold_back(page, site, api, "two one", Locator.focus)
    newer = page.get_by_role("button", name="Show newer suggestions")
    expect(newer).to_be_visible()
    expect(page.locator("self-help .links a")).to_have_text(["About one"])
    expect(link).to_be_focused()
    page.locator("#body").focus()
    expect(page.locator("self-help .links a")).to_have_text(["About two", "About one"])
    expect(newer).to_be_hidden()


def test_a_centred_form_does_not_move_when_the_list_has_a_box_of_its_own(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    head = """<style>body { margin: 0; min-height: 100vh; display: grid; place-items: center }
    form { width: 600px } #box { height: 9rem; overflow: auto }</style>"""
    form = FORM.replace("</form>", '<div id="box"><i id="here"></i></div></form>')
    page.goto(site.put(form + api.tag(place="#here"), head=head))
    before = page.locator("#body").bounding_box()
    page.locator("#body").fill("one two three")
    expect(page.locator("#box self-help .links a")).to_have_count(3)
    assert page.locator("#body").bounding_box() == before


@pytest.mark.parametrize("overflow", ["hidden", "auto"])
def test_suggestions_are_not_put_where_the_form_itself_cuts_them_off(
    page: Page, site: Site, api: SlowApi, overflow: str
) -> None:
    page.set_viewport_size({"width": 1300, "height": 800})
    head = f"<style>form {{ max-width: 600px; overflow: {overflow} }}</style>"
    page.goto(site.put(FORM + api.tag(), head=head))
    page.locator("#body").fill("one")
    expect(page.locator("self-help .list")).to_have_class("list")
    expect(page.get_by_role("link", name="About one")).to_be_in_viewport()
