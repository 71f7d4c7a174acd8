"""The admin pages in a real browser over the real server, by mouse, by keyboard and without scripts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from month import Month
from playwright.sync_api import BrowserContext, Page, expect
from served import Served

from kb.index.snapshot import CURRENT, MODELS, SNAPSHOTS
from kb.search.engine import Engine
from kb.store.gaps import read_decisions
from kb.store.store import Store
from kb.usage.gap_refresh import refresh_gaps
from kb.usage.settling import settle

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TOKEN = "a-token-that-nobody-guesses"
PAGES = (
    "/admin/",
    "/admin/gaps",
    "/admin/gaps?list=off_topic",
    "/admin/gaps/1",
    "/admin/gaps/1/draft",
    "/admin/gaps/1/try",
    "/admin/deflection",
    "/admin/articles",
    "/admin/learned",
    "/admin/asked?hours=72",
    "/admin/notices",
    "/admin/status",
    "/admin/nothing",
)


@pytest.fixture(scope="module")
def desk(help_centre: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the English help centre with a month of support behind it."""
    data = tmp_path_factory.mktemp("desk")
    for name in (SNAPSHOTS, MODELS):
        (data / name).symlink_to(help_centre / name)
    shutil.copy(help_centre / CURRENT, data)
    _fill(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SELFHELP_ADMIN_TOKENS", f"anna:{TOKEN}")
        patch.setenv("SELFHELP_RATE_LIMIT", "off")
        served = Served.start(data)
    yield served
    served.stop()


def _fill(data: Path) -> None:
    engine = Engine(data, floor=0.15)
    engine.load()
    store = Store.open(f"sqlite:///{data}/selfhelp.sqlite3")
    try:
        now = datetime.now(UTC)
        Month(store, engine, now).fill(quiet=True)
        settle(store, now)
        refresh_gaps(store, engine, now)
    finally:
        store.close()


@pytest.fixture
def anna(page: Page, desk: Served) -> Page:
    """Logged in, on the first page."""
    page.goto(f"{desk.origin}/admin/")
    page.get_by_label("Your token").fill(TOKEN)
    page.keyboard.press("Enter")
    ready(page)
    return page


def ready(page: Page) -> None:
    """Somebody is logged in, and the shortcuts work: their button is shown by the script."""
    expect(page.get_by_role("button", name="Log out anna")).to_be_visible()
    expect(page.locator("[data-opens]")).not_to_have_attribute("hidden", "")


def violations(page: Page) -> list[Any]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(
        "async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.target + ' ' + n.html)])"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_on_any_page(anna: Page, desk: Served, scheme: str) -> None:
    anna.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    for path in PAGES:
        anna.goto(desk.origin + path)
        assert violations(anna) == [], path
    anna.keyboard.press("?")
    assert violations(anna) == []


def test_the_login_is_accessible_and_a_wrong_token_is_said(page: Page, desk: Served) -> None:
    page.goto(f"{desk.origin}/admin/gaps")
    assert violations(page) == []
    expect(page.get_by_label("Your token")).to_be_focused()
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not known")
    page.get_by_label("Your token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gaps", exact=True)).to_be_visible()


def test_from_the_list_to_a_decision_by_keyboard_alone(anna: Page, desk: Served) -> None:
    for key in ("g", "g"):
        anna.keyboard.press(key)
    anna.wait_for_url("**/admin/gaps")
    ready(anna)
    for key in ("j", "j", "j", "k"):
        anna.keyboard.press(key)
    link = anna.locator("[data-row] a").nth(1)
    expect(link).to_be_focused()
    label = link.text_content() or ""
    anna.keyboard.press("Enter")
    expect(anna.get_by_role("heading", name=label)).to_be_visible()
    ready(anna)
    anna.keyboard.press("/")
    anna.keyboard.type("x marks the note")
    expect(anna.get_by_label("Note")).to_have_value("x marks the note")
    anna.keyboard.press("Tab")
    anna.keyboard.press("d")
    expect(anna.get_by_role("status")).to_contain_text("being drafted")
    expect(anna.locator(".history")).to_contain_text("Drafting by anna")
    store = Store.open(f"sqlite:///{desk.data}/selfhelp.sqlite3")
    try:
        (decision,) = read_decisions(store)
    finally:
        store.close()
    assert (decision.status, decision.by, decision.note) == ("drafting", "anna", "x marks the note")
    ready(anna)
    anna.keyboard.press("o")
    expect(anna.get_by_role("status")).to_contain_text("open again")


def test_the_keys_are_listed_and_the_list_goes_away_again(anna: Page) -> None:
    anna.keyboard.press("?")
    dialog = anna.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    anna.keyboard.press("g")
    anna.keyboard.press("g")
    expect(dialog).to_be_visible()
    anna.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_notice_pinned_here_reaches_customers(anna: Page, desk: Served) -> None:
    anna.goto(f"{desk.origin}/admin/notices")
    anna.get_by_label("What to say").fill("Zendesk is away")
    anna.get_by_label("Only for questions").fill("connect it to our zendesk\nzendesk integration")
    anna.get_by_role("button", name="Pin it").click()
    expect(anna.get_by_role("status")).to_contain_text("pinned")

    def notice(text: str) -> Any:
        return anna.request.post(f"{desk.origin}/v1/suggestions", data={"text": text}).json()["notice"]

    assert notice("how can I connect zendesk") == {"text": "Zendesk is away", "url": None}
    assert notice("the screen stays black") is None
    anna.get_by_role("button", name="Take it down").click()
    expect(anna.get_by_role("status")).to_contain_text("taken down")
    assert notice("how can I connect zendesk") is None


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_a_phone(anna: Page, desk: Served, path: str) -> None:
    anna.set_viewport_size({"width": 375, "height": 700})
    anna.goto(desk.origin + path)
    assert anna.evaluate("document.documentElement.scrollWidth") <= 375


def test_without_scripts_everything_still_works(context: BrowserContext, desk: Served) -> None:
    plain = context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = plain.new_page()
    page.goto(f"{desk.origin}/admin/gaps/2")
    page.get_by_label("Your token").fill(TOKEN)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("status")).to_contain_text("Dismissed")
    page.get_by_role("button", name="Log out anna").click()
    expect(page.get_by_label("Your token")).to_be_visible()
    plain.close()


def test_on_paper_there_is_the_report_and_no_menu(anna: Page, desk: Served) -> None:
    anna.goto(f"{desk.origin}/admin/deflection")
    anna.emulate_media(media="print")
    expect(anna.get_by_role("heading", name="Funnel")).to_be_visible()
    expect(anna.get_by_role("navigation", name="Pages")).to_be_hidden()
