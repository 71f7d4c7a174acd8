"""The whole way with real articles, the real server and a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from served import ROOT, Served
from site_of_customer import FORM, Site

QUESTION = "the screen stays black after I connect"
BLACK_SCREEN = "Black screen: I am connected but see nothing (DF-3001)"
# What the newest visitor's widget told; the canary is no visitor.
TOLD = """select type, slug from events join sessions using (session_id) where session_id =
    (select session_id from sessions where traffic is not 'canary' order by first_seen desc limit 1)
    order by at, event_id"""
NOWHERE = FORM.replace(' action="/own-action" method="post"', "")


def _widget(served: Served, **attributes: str) -> str:
    extra = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
    return f'<script type="module" src="{served.origin}/widget/selfhelp.js"{extra}></script>'


def test_a_customer_types_reads_and_is_helped(page: Page, served: Served) -> None:
    page.goto(served.origin)
    page.locator("textarea").press_sequentially(QUESTION, delay=25)
    link = page.locator("self-help .links a").first
    expect(link).to_have_text(BLACK_SCREEN)
    link.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name=BLACK_SCREEN)).to_be_visible()
    expect(panel.locator(".body p").nth(1)).to_be_visible()
    panel.get_by_role("button", name="This solved it").click()
    panel.get_by_role("button", name="Done").click()
    expect(page.locator("textarea")).to_have_value(QUESTION)
    page.goto("about:blank")
    page.wait_for_timeout(1000)
    told = served.rows(TOLD)
    assert [type_ for type_, _ in told if type_ != "shown"] == ["opened", "solved", "closed", "left"]
    assert ("shown", "black-screen") in told
    assert ("solved", "black-screen") in told
    assert served.rows("select count(*) from queries")[0] != (0,)


def test_the_form_still_submits_when_the_server_stops_while_someone_types(
    page: Page, site: Site, short_lived: Served
) -> None:
    page.goto(site.put(FORM + _widget(short_lived)))
    page.locator("#body").fill("no sound")
    expect(page.locator("self-help .links a").first).to_be_visible()
    short_lived.stop()
    page.locator("#body").press_sequentially(" at all in the session", delay=20)
    page.wait_for_timeout(300)
    page.click("#send")
    expect(page).to_have_title("Received")


def test_a_ticket_arrives_once_with_its_file(page: Page, site: Site, served: Served) -> None:
    form = FORM.replace("<p><button", '<input type="file" name="log"><p><button')
    page.goto(site.put(form + _widget(served, submit="selfhelp")))
    page.locator("[type=email]").fill("ann@example.com")
    page.locator("#body").fill("I want a refund")
    page.locator("[type=file]").set_input_files({"name": "a.log", "mimeType": "text/plain", "buffer": b"log"})
    expect(page.locator("self-help .links a").first).to_be_visible()
    page.dblclick("#send")
    expect(page.get_by_text("We will answer to ann@example.com")).to_be_visible()
    assert served.rows("select message, locale from tickets where email = 'ann@example.com'") == [
        ("I want a refund", "en")
    ]
    assert served.rows("select name, content from ticket_files") == [("a.log", b"log")]


def test_a_ticket_whose_answer_is_lost_is_sent_again_and_kept_once_with_what_was_read(
    page: Page, site: Site, served: Served
) -> None:
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.route("**/v1/tickets", lose_the_first_answer)
    page.goto(site.put(NOWHERE + _widget(served, submit="selfhelp")))
    page.locator("[type=email]").fill("ben@example.com")
    page.locator("#body").fill(QUESTION)
    page.get_by_role("link", name=BLACK_SCREEN).click()
    page.get_by_role("button", name="Not quite").click()
    page.get_by_role("button", name="I had tried that already").click()
    page.click("#send")
    expect(page.get_by_text("We will answer to ben@example.com")).to_be_visible()
    assert lost == [201]
    [(opened, shown, query, session)] = served.rows(
        "select opened, shown, query_id, session_id from tickets where email = 'ben@example.com'"
    )
    assert opened == '["black-screen"]'
    assert "black-screen" in str(shown)
    page.wait_for_timeout(1000)
    [(asked,)] = served.rows("select text from queries where query_id = ?", query)
    assert (asked, bool(session)) == (QUESTION, True)


def test_a_link_between_articles_stays_in_the_panel(page: Page, served: Served) -> None:
    page.goto(served.origin)
    page.locator("textarea").fill(QUESTION)
    page.get_by_role("link", name=BLACK_SCREEN).click()
    panel = page.get_by_role("dialog")
    link = panel.locator(".body a[href*='/help/en/']").first
    to = str(link.get_attribute("href"))
    link.click()
    expect(panel.get_by_role("heading", name=BLACK_SCREEN)).to_have_count(0)
    expect(panel.get_by_role("link", name="Open full page")).to_have_attribute("href", to)
    expect(panel.locator(".body p").first).to_be_visible()
    panel.get_by_role("button", name="Back", exact=True).click()
    expect(panel.get_by_role("heading", name=BLACK_SCREEN)).to_be_visible()


def test_the_widget_assumes_what_the_server_says_by_default(page: Page, site: Site, served: Served) -> None:
    page.goto(site.put(FORM))
    assumed, said = page.evaluate(
        """async (origin) => [
          (await import(`${origin}/widget/config.js`)).DEFAULTS,
          await (await fetch(`${origin}/v1/config`)).json(),
        ]""",
        served.origin,
    )
    assert assumed.items() <= said.items()


AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = "async () => (await axe.run()).violations.map((v) => [v.id, v.nodes.map((n) => n.html)])"
PAGES = ("/", "/help/en/", "/help/en/black-screen", "/help/en/nothing", "/demo/sent")


def _ask(page: Page) -> None:
    """What the page has a field for is asked there."""
    field = page.locator("textarea, #question")
    if field.count():
        field.press_sequentially(QUESTION)
        expect(page.locator("self-help .links a").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_servers_pages(
    context: BrowserContext, served: Served, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    context.add_init_script(AXE.read_text("utf-8"))
    wrong: dict[str, object] = {}
    for path in PAGES:
        page.goto(served.origin + path)
        _ask(page)
        if found := page.evaluate(VIOLATIONS):
            wrong[path] = found
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark == (scheme == "dark"), path
    assert wrong == {}


def test_no_page_is_wider_than_a_small_phone(page: Page, served: Served) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for path in PAGES:
        page.goto(served.origin + path)
        _ask(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_on_paper_an_article_is_its_text_alone(page: Page, served: Served) -> None:
    page.goto(served.origin + "/help/en/black-screen")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", name=BLACK_SCREEN)).to_be_visible()
    expect(page.locator(".body")).to_be_visible()
    for beside in (".top", ".crumbs", ".contents", ".languages"):
        for one in page.locator(beside).all():
            expect(one).to_be_hidden()
    colours = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    assert page.locator("body").evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_enter_in_the_help_centres_search_leads_to_the_first_suggestion(page: Page, served: Served) -> None:
    page.goto(served.origin + "/help/en/")
    page.locator("#question").press_sequentially("black screen")
    link = page.locator("self-help .links a").first
    expect(link).to_have_text(BLACK_SCREEN)
    page.keyboard.press("Enter")
    expect(link).to_be_focused()
    assert page.url == served.origin + "/help/en/"
