"""The snippets of docs/embed.md, as they stand there, on pages like those they are for."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect
from served import ROOT
from site_of_customer import FORM, Site
from slow_api import SlowApi

EMBED = (ROOT / "docs" / "embed.md").read_text("utf-8")
PLACE = "https://help.example/"
ZENDESKS = "Zendesk's own request form"
FORMS = ROOT / "tests" / "browser" / "pages"
CONTACT_FORM_7 = (FORMS / "contact_form_7.html").read_text("utf-8")
ZENDESK = (FORMS / "zendesk_request.html").read_text("utf-8")
REACT = (FORMS / "react_app.js").read_text("utf-8")
TEXT_AREA = '<textarea name="request[description]" id="request_description" aria-required="true"></textarea>'
RICH_TEXT = (
    TEXT_AREA.replace("<textarea", '<textarea style="display: none"')
    + '<div class="ck ck-editor__editable" contenteditable="true" role="textbox" aria-label="Text"></div>'
)
REACT_FILES = {
    "react": "react/cjs/react.production.js",
    "react-dom": "react-dom/cjs/react-dom.production.js",
    "react-dom/client": "react-dom/cjs/react-dom-client.production.js",
    "scheduler": "scheduler/cjs/scheduler.production.js",
}


def _snippet(section: str, language: str, api: SlowApi, nth: int = 0) -> str:
    """A block of the document, with the test's server in the place of the made-up one."""
    text = EMBED.split(f"\n## {section}\n")[1].split("\n## ")[0] if section else EMBED.split("\n## ")[0]
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return found[nth].replace(PLACE, f"{api.origin}/")


def _suggested(page: Page, *words: str) -> None:
    expect(page.locator("self-help .links a")).to_have_text([f"About {word}" for word in words])


def test_the_tag_serves_a_plain_page(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + _snippet("", "html", api)))
    page.locator("#body").fill("one")
    _suggested(page, "one")
    page.click("#send")
    expect(page).to_have_title("Received")


def test_without_attributes_it_finds_the_form_of_a_wordpress_plugin(
    page: Page, site: Site, api: SlowApi
) -> None:
    [address] = re.findall(r"'(http\S+)'", _snippet("WordPress", "php", api))
    search = '<form role="search"><input type="search" name="s"></form>'
    # As wp_enqueue_script_module prints it.
    tag = f'<script type="module" src="{address}?ver=6.9" id="selfhelp-js-module"></script>'
    page.goto(site.put(search + CONTACT_FORM_7 + tag))
    page.locator("[name=your-subject]").fill("one")
    page.locator("[name=your-message]").fill("two")
    _suggested(page, "one", "two")
    assert api.texts()[-1] == "one\ntwo"
    page.click("[type=submit]")
    expect(page).to_have_title("Received")


def test_a_selector_names_the_form_of_a_wordpress_plugin(page: Page, site: Site, api: SlowApi) -> None:
    page.goto(site.put(FORM + CONTACT_FORM_7 + _snippet("WordPress", "html", api)))
    page.locator("[name=your-message]").fill("one")
    _suggested(page, "one")
    assert page.locator("#request self-help").count() == 0


def test_zendesks_own_form_is_served_and_keeps_submitting_to_zendesk(
    page: Page, site: Site, api: SlowApi
) -> None:
    head = f"<style>{_snippet(ZENDESKS, 'css', api)}</style>"
    tag = _snippet(ZENDESKS, "html", api)
    page.goto(site.put(ZENDESK.replace("DESCRIPTION", TEXT_AREA), head=head + tag))
    expect(page.locator(".suggestion-list")).to_be_hidden()
    page.locator("#request_anonymous_requester_email").fill("ann@example.com")
    page.locator("#request_subject").fill("one")
    page.locator("#request_description").fill("two")
    _suggested(page, "one", "two")
    page.click("input[name=commit]")
    expect(page).to_have_title("Received")
    assert [path for path, _ in site.posts] == ["/hc/en-us/requests"]


def test_zendesks_rich_text_editor_is_read_too(page: Page, site: Site, api: SlowApi) -> None:
    tag = _snippet(ZENDESKS, "html", api)
    rich = re.search(r'`(data-description="[^`]*contenteditable[^`]*")`', EMBED)
    assert rich
    tag = tag.replace('data-description="#request_description"', rich[1])
    page.goto(site.put(ZENDESK.replace("DESCRIPTION", RICH_TEXT), head=tag))
    page.locator("#request_subject").fill("one")
    page.locator("[contenteditable]").press_sequentially("two")
    _suggested(page, "one", "two")


def test_a_react_app_mounts_and_unmounts_it(page: Page, site: Site, api: SlowApi) -> None:
    sources = {name: (ROOT / "node_modules" / path).read_text("utf-8") for name, path in REACT_FILES.items()}
    page.goto(site.put('<div id="root"></div>'))
    page.evaluate("sources => { window.sources = sources }", sources)
    page.evaluate(f"() => {{ {REACT.replace('EFFECT', _snippet('React', 'jsx', api))} }}")
    empty = page.locator("#root").inner_html()
    page.locator("#body").fill("one")
    _suggested(page, "one")
    assert api.requests("/v1/suggestions")[0].json["person"] == "u-7"
    page.click("#toggle")
    expect(page.locator("self-help")).to_have_count(0)
    page.click("#toggle")
    assert page.locator("#root").inner_html() == empty
    page.locator("#body").fill("one two")
    _suggested(page, "one", "two")
    page.click("#send")
    expect(page).to_have_title("Received")


def test_the_policys_lines_are_enough(page: Page, site: Site, api: SlowApi) -> None:
    policy = _snippet("Content-Security-Policy", "", api).strip().replace(f"{api.origin}/", api.origin)
    policy = policy.replace(PLACE.rstrip("/"), api.origin)
    page.route("**/help/images/*", _no_picture)
    page.goto(site.put(FORM + _snippet("", "html", api), csp=f"default-src 'none'; {policy} data:"))
    page.locator("#body").fill("one")
    page.get_by_role("link", name="About one").click()
    expect(page.get_by_role("heading", name="Later on")).to_be_visible()


def _no_picture(route: Route) -> None:
    route.fulfill(body='<svg xmlns="http://www.w3.org/2000/svg"/>', content_type="image/svg+xml")


def test_a_help_server_that_hangs_does_not_keep_the_page_from_becoming_ready(
    page: Page, site: Site, api: SlowApi
) -> None:
    page.route(api.script, lambda route: None)
    page.goto(site.put(FORM + _snippet("", "html", api)), wait_until="domcontentloaded")
    page.locator("#body").fill("one")
    page.click("#send")
    expect(page).to_have_title("Received")
