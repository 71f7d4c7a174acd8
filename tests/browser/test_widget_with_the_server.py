"""The whole way with real articles, the real server and a real browser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from served import ROOT, Served, environment, selfhelp
from site_of_customer import FORM, Site

ARTICLES = (
    "screen/black-screen",
    "billing/refunds",
    "billing/invoices",
    "sound/no-sound",
    "printing/printer-missing",
)
QUESTION = "the screen stays black after I connect"
BLACK_SCREEN = "Black screen: I am connected but see nothing (DF-3001)"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    for name in ARTICLES:
        target = folder / "articles" / "en" / f"{name}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "articles" / "en" / f"{name}.md", target)
    index = selfhelp("index", str(folder / "articles"), "--data", str(folder / "data"))
    done = subprocess.run(index, env=environment(), cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "data"


@pytest.fixture
def served(data: Path) -> Iterator[Served]:
    served = Served.start(data)
    yield served
    served.stop()


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
    told = served.rows("select type, slug from events order by at, event_id")
    assert [type_ for type_, _ in told if type_ != "shown"] == ["opened", "solved", "closed", "left"]
    assert ("shown", "black-screen") in told
    assert ("solved", "black-screen") in told
    assert served.rows("select count(*) from queries")[0] != (0,)


def test_the_form_still_submits_when_the_server_stops_while_someone_types(
    page: Page, site: Site, served: Served
) -> None:
    page.goto(site.put(FORM + _widget(served)))
    page.locator("#body").fill("no sound")
    expect(page.locator("self-help .links a").first).to_be_visible()
    served.stop()
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
    assert served.rows("select email, message, locale from tickets") == [
        ("ann@example.com", "I want a refund", "en")
    ]
    assert served.rows("select name, content from ticket_files") == [("a.log", b"log")]


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_servers_pages(
    context: BrowserContext, served: Served, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    context.add_init_script(AXE.read_text("utf-8"))
    wrong: dict[str, object] = {}
    for path in ("/", "/help/en/", "/help/en/black-screen", "/help/en/nothing", "/demo/sent"):
        page.goto(served.origin + path)
        field = page.locator("textarea, #question")
        if field.count():
            field.press_sequentially(QUESTION)
            expect(page.locator("self-help .links a").first).to_be_visible()
        if found := page.evaluate(VIOLATIONS):
            wrong[path] = found
    assert wrong == {}


def test_enter_in_the_help_centres_search_leads_to_the_first_suggestion(page: Page, served: Served) -> None:
    page.goto(served.origin + "/help/en/")
    page.locator("#question").press_sequentially("black screen")
    link = page.locator("self-help .links a").first
    expect(link).to_have_text(BLACK_SCREEN)
    page.keyboard.press("Enter")
    expect(link).to_be_focused()
    assert page.url == served.origin + "/help/en/"
