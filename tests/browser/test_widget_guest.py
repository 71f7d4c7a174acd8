"""A guest on somebody's page: strict policies, hostile styles, forms that come and go, and no trace left."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from site_of_customer import FORM, Site
from slow_api import SlowApi

HOSTILE = """<style>
* { all: unset; font-size: 3px !important; color: red !important; float: left }
self-help { display: none !important; position: fixed !important; opacity: 0 !important }
</style>"""
MARKUP = "document.documentElement.outerHTML"


def _mount(api: SlowApi, options: str = "{}") -> str:
    return f"""async () => {{
      const {{ mount }} = await import("{api.script}");
      window.handle = mount(document.querySelector("form"), {options});
    }}"""


def _suggested(page: Page, text: str = "one", field: str = "#body") -> None:
    page.locator(field).fill(text)
    expect(page.locator("self-help .links a")).to_have_text([f"About {word}" for word in text.split()])


def test_it_works_under_a_strict_content_security_policy(page: Page, site: Site, api: SlowApi) -> None:
    csp = (
        f"default-src 'none'; script-src {api.origin}; style-src {api.origin}; connect-src {api.origin}; "
        f"img-src {api.origin} data:; form-action 'self'; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types selfhelp"
    )
    api.article = (
        '<p>Turn it on.</p><h2 id="later">Later on</h2><p><img src="/help/images/one.png" alt=""></p>'
    )
    page.goto(site.put(FORM + api.tag(form="#request"), csp=csp))
    _suggested(page)
    assert page.locator("self-help .list").evaluate("box => getComputedStyle(box).borderRadius") == "10px"
    page.get_by_role("link", name="About one").click()
    expect(page.get_by_role("heading", name="Later on")).to_be_visible()
    page.get_by_role("button", name="This solved it").click()
    expect(page.get_by_text("Glad that helped!")).to_be_visible()


def test_hostile_styles_of_the_page_do_not_reach_it(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag(), head=HOSTILE))
    page.locator("#body").fill("one")
    link = page.locator("self-help .links a")
    expect(link).to_be_visible()
    size, colour = link.evaluate("a => [getComputedStyle(a).fontSize, getComputedStyle(a).color]")
    assert float(size.removesuffix("px")) >= 15
    assert colour != "rgb(255, 0, 0)"


def test_destroy_leaves_the_page_as_it_was_byte_for_byte(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM))
    before = page.evaluate(MARKUP)
    page.evaluate(_mount(api))
    assert page.evaluate(MARKUP) == before
    _suggested(page, "one two")
    page.get_by_role("link", name="About one").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate(MARKUP) != before
    page.evaluate("handle.destroy()")
    assert page.evaluate(MARKUP) == before
    asked = len(api.texts())
    page.locator("#body").fill("three")
    page.wait_for_timeout(300)
    assert len(api.texts()) == asked
    assert page.evaluate(MARKUP) == before


def test_mounting_twice_is_mounting_once_and_after_destroy_it_can_be_mounted_again(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put(FORM))
    page.evaluate(_mount(api))
    assert page.evaluate(
        f"async () => {{ const one = handle; await ({_mount(api)})(); return one === handle }}"
    )
    page.evaluate("handle.destroy()")
    page.evaluate(_mount(api))
    _suggested(page)
    assert page.locator("self-help").count() == 1


def test_several_forms_on_a_page_do_not_know_each_other(page: Page, site: Site, api: SlowApi) -> None:
    second = FORM.replace('id="request"', 'id="other"').replace('"body"', '"text"').replace('"send"', '"go"')
    page.goto(site.put(FORM + second + api.tag(form="#request") + api.tag(form="#other", locale="de")))
    _suggested(page, "one")
    page.locator("#text").fill("two three")
    expect(page.locator("#other self-help .links a")).to_have_count(2)
    expect(page.locator("#request self-help .links a")).to_have_count(1)
    assert [one.json["locale"] for one in api.requests("/v1/suggestions")] == ["en", "de"]
    assert len(api.requests("/v1/config")) == 1


def test_a_form_that_comes_late_or_is_swapped_is_found(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put('<main></main><form><input name="q"></form>' + api.tag()))
    for words in ("one", "one two"):
        page.evaluate("form => { document.querySelector('main').innerHTML = form }", FORM)
        page.wait_for_timeout(150)
        _suggested(page, words)


def test_a_framework_that_redraws_the_fields_does_not_lose_it(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    _suggested(page, "one")
    page.evaluate("inner => { document.querySelector('form').innerHTML = inner }", FORM.split(">", 1)[1])
    _suggested(page, "one two")


def test_selectors_choose_the_fields(page: Page, site: Site, api: SlowApi) -> None:
    form = """<form id="f"><textarea name="notes"></textarea><input name="topic">
    <div contenteditable="true" id="rich"></div><section id="here"></section></form>"""
    tag = api.tag(form="#f", subject="[name=topic]", description="#rich", place="#here")
    page.goto(site.put(form + tag))
    page.locator("[name=notes]").fill("not this")
    page.locator("[name=topic]").fill("no")
    page.locator("#rich").press_sequentially("sound")
    expect(page.locator("#here + self-help .links a")).to_have_text(["About no", "About sound"])
    assert api.texts()[-1] == "no\nsound"


def test_after_a_form_in_one_row_suggestions_stand_below_the_row(
    page: Page, site: Site, api: SlowApi
) -> None:
    form = """<main style="display: grid"><form style="display: flex"><textarea id="body"></textarea>
    <button>Send</button></form></main>"""
    page.goto(site.put(form + api.tag()))
    before = page.locator("form").bounding_box()
    _suggested(page)
    expect(page.locator("main + self-help")).to_have_count(1)
    assert page.locator("form").bounding_box() == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_customers_colours(page: Page, site: Site, api: SlowApi, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(site.put(FORM + api.tag()))
    _suggested(page)
    colour = page.locator("self-help .list").evaluate("box => getComputedStyle(box).backgroundColor")
    assert colour == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 27, 35)"}[scheme]


def test_on_a_phone_the_panel_is_a_sheet_and_nothing_is_wider_than_the_screen(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(site.put("<style>textarea { width: 90% }</style>" + FORM + api.tag()))
    _suggested(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="About one").click()
    page.wait_for_timeout(400)
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 360)
    assert box["y"] > 40
    assert round(box["y"] + box["height"]) == 700


@pytest.mark.parametrize(("wish", "motion"), [("reduce", "none"), ("no-preference", "slide")])
def test_without_motion_for_those_who_want_none(
    page: Page, site: Site, api: SlowApi, wish: str, motion: str
) -> None:
    page.emulate_media(reduced_motion="reduce" if wish == "reduce" else "no-preference")
    page.goto(site.put(FORM + api.tag()))
    _suggested(page)
    page.get_by_role("link", name="About one").click()
    panel = page.get_by_role("dialog")
    assert panel.evaluate("box => getComputedStyle(box).animationName") == motion


def test_the_page_may_choose_colours_font_and_roundness(page: Page, site: Site, api: SlowApi) -> None:
    head = """<style>:root { --selfhelp-surface: rgb(1, 2, 3); --selfhelp-font: Georgia;
    --selfhelp-radius: 3px }</style>"""
    page.goto(site.put(FORM + api.tag(theme="dark"), head=head))
    _suggested(page)
    looks = """one => { const { backgroundColor, fontFamily, borderRadius, color } = getComputedStyle(one);
      return [backgroundColor, fontFamily, borderRadius, color] }"""
    assert page.locator("self-help .list").evaluate(looks) == [
        "rgb(1, 2, 3)", "Georgia", "3px", "rgb(231, 235, 242)"
    ]  # fmt: skip


def test_it_is_not_printed(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    _suggested(page)
    page.emulate_media(media="print")
    expect(page.locator("self-help .list")).to_be_hidden()


def test_a_ticket_that_arrives_after_destroy_leaves_no_trace(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM))
    before = page.evaluate(MARKUP)
    page.evaluate(_mount(api, '{ submit: "selfhelp" }'))
    page.locator("[type=email]").fill("ann@example.com")
    _suggested(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/v1/tickets", hold)
    with page.expect_request("**/v1/tickets"):
        page.click("#send")
    page.evaluate("handle.destroy()")
    with page.expect_response("**/v1/tickets"):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert page.evaluate(MARKUP) == before


def test_destroyed_by_hand_stays_destroyed_beside_a_script_tag_until_mounted_by_hand(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.goto(site.put(FORM + api.tag()))
    _suggested(page)
    page.evaluate(_mount(api))
    page.evaluate("handle.destroy()")
    page.evaluate("document.body.append(document.forms[0])")
    page.wait_for_timeout(200)
    page.locator("#body").fill("one two")
    page.wait_for_timeout(300)
    assert page.locator("self-help").count() == 0
    page.evaluate(_mount(api))
    _suggested(page, "two")


def test_a_form_that_is_taken_out_and_put_back_is_helped_again(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    _suggested(page)
    page.evaluate("window.form = document.forms[0]; form.remove()")
    page.wait_for_timeout(150)
    page.evaluate("document.body.append(form)")
    page.wait_for_timeout(150)
    _suggested(page, "two")


@pytest.mark.parametrize("lacking", ["AbortSignal.any", "URL.canParse", "Object.groupBy"])
def test_in_a_browser_that_is_too_old_the_form_works_as_ever(
    page: Page, site: Site, api: SlowApi, lacking: str
) -> None:
    page.add_init_script(f"delete {lacking}")
    page.goto(site.put(FORM + api.tag(submit="selfhelp")))
    page.locator("[type=email]").fill("ann@example.com")
    page.locator("#body").fill("one")
    page.wait_for_timeout(300)
    assert page.locator("self-help").count() == 0
    page.click("#send")
    expect(page).to_have_title("Received")
    assert api.asked == []


def test_an_id_that_is_a_number_names_a_person_too(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM))
    page.evaluate(_mount(api, "{user: 42}"))
    _suggested(page)
    assert {one.json.get("person") for one in api.requests("/v1/suggestions")} == {"42"}


def test_the_pages_guards_of_keys_and_clicks_do_not_reach_it(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + api.tag()))
    page.evaluate(
        """() => ["keydown", "keyup", "click"].forEach((type) =>
          document.forms[0].addEventListener(type, (event) => {
          if (event.target.tagName !== "SELF-HELP") return;
          event.preventDefault();
          document.title = "Guarded";
        }))"""
    )
    _suggested(page)
    page.get_by_role("link", name="About one").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Not quite").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("What was wrong?")).to_be_visible()
    expect(page).to_have_title("Contact")
