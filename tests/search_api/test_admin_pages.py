"""The pages behind the gate: what they show, what they change, and that customers' words stay text."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from admin_gaps import HOSTILE, NOW, ask, put_gap
from admin_visitor import TOKENS, AdminVisitor
from markupsafe import escape
from whole_server import Server

from kb.store.canary import BROKEN, WORKS, Trial, keep_trial
from kb.store.gaps import decide_gap, keep_replay, read_decisions
from kb.store.learned import ACTIVE, REVOKED, SOLVED, LearnedRow, keep_learned, read_learned
from kb.store.tickets import TicketRow, keep_ticket
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage.settling import settle

PAGES = (
    "/admin/",
    "/admin/gaps",
    "/admin/gaps?list=off_topic",
    "/admin/gaps?list=decided",
    "/admin/gaps/1",
    "/admin/deflection",
    "/admin/articles",
    "/admin/learned",
    "/admin/asked",
    "/admin/notices",
    "/admin/status",
)


@pytest.fixture
def anna(make_server: Callable[..., Server]) -> AdminVisitor:
    visitor = AdminVisitor(make_server(admin_tokens=TOKENS))
    visitor.log_in()
    return visitor


def labels(page: str) -> list[str]:
    return re.findall(r'<a href="/admin/gaps/\d+">([^<]*)</a>', page)


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path not in ("/admin/gaps/1", "/admin/articles", "/admin/status")]
)
def test_an_empty_page_says_what_to_do(anna: AdminVisitor, path: str) -> None:
    page = anna.page(path)
    assert re.search(r'class="[^"]*empty|Pin a notice', page), page


@pytest.mark.parametrize("path", ["/admin/", "/admin/articles", "/admin/status"])
def test_before_the_first_snapshot_the_pages_say_to_index(anna: AdminVisitor, path: str) -> None:
    anna.server.engine.published = None
    assert "selfhelp index" in anna.page(path)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_inline_script_or_style_and_shows_customers_words_as_text(
    anna: AdminVisitor, path: str
) -> None:
    put_gap(anna.server, 1, HOSTILE)
    put_gap(anna.server, 2, HOSTILE, off_topic=True)
    row = LearnedRow(question=HOSTILE, slug="refunds", locale="en", source=SOLVED, persons=2, at=NOW)
    keep_learned(anna.server.store, [row])
    page = anna.page(path)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    assert "<script>alert" not in page
    assert "Nothing is near." in page or path != "/admin/gaps/1"


def test_the_first_page_says_what_to_write_next_and_why(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, "few ask this", 2)
    put_gap(anna.server, 2, "many ask this", 7)
    put_gap(anna.server, 3, "being written", 9, status="drafting")
    page = anna.page("/admin/")
    assert "Write this next" in page
    assert page.index("many ask this") < page.index("7 people") < page.index("Nothing is near.")
    assert labels(page) == ["“many ask this”", "few ask this"]
    assert "<strong>2</strong> open, 1 being drafted" in page


def test_a_surge_comes_first_and_is_called_so(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, "many ask this", 7)
    put_gap(anna.server, 2, "everybody asks this now", 3, surge=True)
    assert "Suddenly asked a lot" in anna.page("/admin/")
    assert labels(anna.page("/admin/gaps")) == ["everybody asks this now", "many ask this"]


def test_broken_measuring_is_stamped_on_the_reports(anna: AdminVisitor) -> None:
    due = NOW + timedelta(hours=1)
    store = anna.server.store
    keep_trial(store, Trial(server="a", state=WORKS, at=NOW - timedelta(hours=2), due_at=due))
    keep_trial(store, Trial(server="a", state=BROKEN, step="opened", at=NOW, due_at=due))
    for path in ("/admin/", "/admin/gaps", "/admin/deflection"):
        assert "Measurement broken" in anna.page(path)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"a", "b", "c"}),
        ("?kind=unhelpful", {"b"}),
        ("?status=drafting", {"c"}),
        ("?locale=de", {"b"}),
        ("?page=https://shop.example/pay", {"c"}),
        ("?kind=unhelpful&locale=en", set()),
        ("?list=off_topic", {"d"}),
        ("?list=decided", {"e"}),
    ],
)
def test_the_list_is_narrowed_and_its_file_in_the_same_way(
    anna: AdminVisitor, query: str, found: set[str]
) -> None:
    put_gap(anna.server, 1, "a")
    put_gap(anna.server, 2, "b", kind="unhelpful", locale="de")
    put_gap(anna.server, 3, "c", status="drafting", page="https://shop.example/pay")
    put_gap(anna.server, 4, "d", off_topic=True)
    put_gap(anna.server, 5, "e", status="dismissed")
    page = anna.page(f"/admin/gaps{query}")
    assert set(labels(page)) == found
    files = [html.unescape(link) for link in re.findall(r'href="(/admin/export/gaps[^"]*)"', page)]
    assert len(files) == bool(found)
    for file in files:
        rows = list(csv.DictReader(io.StringIO(anna.page(file).lstrip("\ufeff"))))
        assert {row["label"] for row in rows} == found


def test_the_list_names_gaps_by_their_numbers_and_says_which_are_far_from_every_article(
    anna: AdminVisitor,
) -> None:
    put_gap(anna.server, 7, "money back when", 3, kind="unhelpful", diagnosis={"title": "Refunds"})
    put_gap(anna.server, 3, "order a pizza", diagnosis={"far": True})
    page = anna.page("/admin/gaps")
    assert re.findall(r'<td class="number place">(\d+)</td>', page) == ["7", "3"]
    assert "“Refunds” was opened, and a ticket followed." in page
    assert "No article answers it, and it is far from every article." in page
    assert "Gap 3, 2 people: no article answers it" in anna.page("/admin/")


def test_questions_of_single_people_are_counted_and_not_shown(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, "two ask this")
    ask(anna.server, 7, "printing fails")
    ask(anna.server, 8, "dark mode")
    ask(anna.server, 9, "dark mode", person="p8")
    page = anna.page("/admin/asked")
    assert "two ask this" in page
    assert "printing" not in page
    assert "dark mode" not in page
    assert "3 questions that only one person asked are not shown" in page


def test_one_customer_on_two_devices_is_one_who_asks(anna: AdminVisitor) -> None:
    for number, device in enumerate(("phone", "laptop"), 1):
        ask(anna.server, number, "printing fails", person=device)
        ticket = TicketRow(
            ticket_id=f"T-{device}", idempotency_key=None, created_at=datetime.now(UTC), email="c@d",
            message="m", session_id=None, person=device, sender="c",
        )  # fmt: skip
        keep_ticket(anna.server.store, ticket, [])
    assert "printing" not in anna.page("/admin/asked")
    ask(anna.server, 3, "printing fails", person="somebody else")
    assert "printing" in anna.page("/admin/asked")


def test_a_gap_shows_all_that_is_known_of_it(anna: AdminVisitor) -> None:
    diagnosis = {"article": ["en", "refunds"], "title": "Refunds", "why": "it was read"}
    put_gap(anna.server, 1, "money back when", 3, kind="unhelpful", diagnosis=diagnosis)
    put_gap(anna.server, 2, "the one after it")
    keep_replay(anna.server.store, 1, {"asked": 5, "answered": 3, "failing": ["still fails"]})
    page = anna.page("/admin/gaps/1")
    for said in (
        "<strong>3 people</strong>",
        "It was read.",
        "Say in en/refunds what these questions ask, or write an article of its own.",
        'href="/help/en/refunds">Refunds',
        "https://shop.example/contact",
        "3 of 5",
        "still fails",
        "<svg",
        "the one after it",
    ):
        assert said in page, said


@pytest.mark.parametrize("status", ["drafting", "published", "dismissed", "open"])
def test_a_decision_is_kept_with_the_name_of_the_token(anna: AdminVisitor, status: str) -> None:
    put_gap(anna.server, 1, "money back when", status="published" if status == "open" else "open")
    form = {"status": status, "note": "asked Ben <first>"}
    decided = anna.post("/admin/gaps/1/decide", form, form_of="/admin/gaps/1")
    assert decided.headers["Location"] == f"/admin/gaps/1?done={status}"
    (decision,) = read_decisions(anna.server.store, 1)
    assert (decision.status, decision.by, decision.note) == (status, "anna", "asked Ben <first>")
    page = anna.page(f"/admin/gaps/1?done={status}")
    assert 'role="status"' in page
    assert "by anna" in page
    assert "asked Ben &lt;first&gt;" in page


@pytest.mark.parametrize("status", ["verified", "", "nonsense"])
def test_verified_is_measured_and_cannot_be_said(anna: AdminVisitor, status: str) -> None:
    put_gap(anna.server, 1, "money back when")
    assert anna.post("/admin/gaps/1/decide", {"status": status}, form_of="/admin/gaps/1").status_code == 422
    assert read_decisions(anna.server.store) == []


def test_a_gap_that_is_not_there_is_404_and_a_merged_one_leads_on(anna: AdminVisitor) -> None:
    assert anna.get("/admin/gaps/9").status_code == 404
    put_gap(anna.server, 1, "money back when")
    put_gap(anna.server, 2, "when is my money back", merged_into=1)
    moved = anna.get("/admin/gaps/2")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/admin/gaps/1")


def test_what_a_spreadsheet_would_calculate_is_text(anna: AdminVisitor) -> None:
    for number, label in enumerate(("=cmd|' /C calc'!A1", "+1", "-1", "@sum", "\tx", " =1", "plain"), 1):
        put_gap(anna.server, number, label)
    answer = anna.get("/admin/export/gaps.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="selfhelp-gaps.csv"'
    rows = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    cells = [row["label"] for row in rows]
    assert "plain" in cells
    assert not any(cell.strip().startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize(
    "name", ["gaps", "outcomes", "weeks", "locales", "pages", "articles", "learned", "asked", "notices"]
)
def test_every_table_can_be_had_as_csv_and_as_json(anna: AdminVisitor, name: str) -> None:
    assert anna.get(f"/admin/export/{name}.csv").mimetype == "text/csv"
    assert isinstance(anna.get(f"/admin/export/{name}.json").get_json(), list)


def test_questions_to_add_are_shown_of_an_article_that_is_not_found(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, HOSTILE, 3, kind="unfindable")
    put_gap(anna.server, 2, "dark mode")
    page = anna.page("/admin/gaps/1")
    assert f"<li>{escape(HOSTILE)}</li>" in page.partition("Questions to add")[2].partition("</ul>")[0]
    assert "Questions to add" not in anna.page("/admin/gaps/2")


def test_a_gaps_questions_can_be_had_as_csv(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, "money back when", 3)
    rows = list(csv.DictReader(io.StringIO(anna.page("/admin/gaps/1.csv").lstrip("\ufeff"))))
    assert [(row["text"], row["persons"]) for row in rows] == [("money back when", "3")]
    assert anna.get("/admin/export/nothing.csv").status_code == 404


def test_a_learned_question_is_kept_or_revoked_by_name(anna: AdminVisitor) -> None:
    row = LearnedRow(question="money back", slug="refunds", locale="en", source=SOLVED, persons=2, at=NOW)
    keep_learned(anna.server.store, [row])
    assert "money back" in anna.page("/admin/learned")
    form = {"id": row.learned_id, "status": REVOKED, "show": "new"}
    assert anna.post("/admin/learned", form, form_of="/admin/learned").status_code == 303
    (revoked,) = read_learned(anna.server.store)
    assert (revoked.status, revoked.decided_by) == (REVOKED, "anna")
    assert "money back" not in anna.page("/admin/learned")
    assert "money back" in anna.page("/admin/learned?show=revoked")
    anna.post("/admin/learned", form | {"status": ACTIVE}, form_of="/admin/learned?show=revoked")
    assert "by anna" in anna.page("/admin/learned?show=kept")


def test_decisions_made_elsewhere_are_shown_with_who_made_them(anna: AdminVisitor) -> None:
    put_gap(anna.server, 1, "money back when")
    decide_gap(anna.server.store, 1, "published", "a terminal", NOW)
    assert "by a terminal" in anna.page("/admin/gaps/1")
    assert "Published, but not yet answering" not in anna.page("/admin/")
    keep_replay(anna.server.store, 1, {"asked": 5, "answered": 3, "failing": ["x"]})
    assert "Published, but not yet answering" in anna.page("/admin/")


def test_a_failing_database_is_a_page_that_says_so(anna: AdminVisitor) -> None:
    anna.server.lose_the_database()
    failed = anna.get("/admin/asked")
    assert failed.status_code == 503
    assert "database is away" in failed.text
    anna.server.find_the_database()


def test_articles_are_all_listed_with_what_became_of_them(anna: AdminVisitor) -> None:
    page = anna.page("/admin/articles")
    assert page.count("<tr data-row>") == 4
    assert "until 72 hours ago" in page
    assert anna.page("/admin/articles?mark=tickets").count("<tr data-row>") == 0


def test_articles_are_called_never_shown_once_something_was(anna: AdminVisitor) -> None:
    assert anna.page("/admin/articles?mark=never").count("<tr data-row>") == 0
    article = anna.get("/admin/export/articles.json").get_json()[0]
    visit = Visit(session_id="s", at=NOW - timedelta(days=5), person="p")
    shown = ((article["slug"], article["locale"], 0.9),)
    asked = Asked(
        query_id="q", visit=visit, text="money back", snapshot_id="paper", answered=True,
        confidence=0.9, held_out=False, suggestions=shown, took_ms=1,
    )  # fmt: skip
    keep_asked(anna.server.store, [asked])
    settle(anna.server.store, NOW)
    assert anna.page("/admin/articles?mark=never&days=7").count("<tr data-row>") == 3


def test_why_an_article_did_not_help_stands_beside_how_often(anna: AdminVisitor) -> None:
    article = anna.get("/admin/export/articles.json").get_json()[0]
    shown = ((article["slug"], article["locale"], 0.9),)
    for number, reason in enumerate(("incomplete", "incomplete", "wrong_country")):
        visit = Visit(session_id=f"s{number}", at=NOW - timedelta(days=5), person=f"p{number}")
        asked = Asked(
            query_id=f"q{number}", visit=visit, text="money back", snapshot_id="paper", answered=True,
            confidence=0.9, held_out=False, suggestions=shown, took_ms=1,
        )  # fmt: skip
        keep_asked(anna.server.store, [asked])
        happened = [
            Event(query_id=f"q{number}", type=kind, slug=article["slug"], at=visit.at, detail=detail)
            for kind, detail in (("opened", {}), ("not_solved", {"reason": reason}))
        ]
        keep_events(anna.server.store, visit, happened)
    settle(anna.server.store, NOW)
    page = re.sub("<[^>]+>", " ", anna.page("/admin/articles"))
    assert re.search(r"3\s+something is missing 2\s+wrong_country 1\s", page)
    (told,) = (one for one in anna.get("/admin/export/articles.json").get_json() if one["not_solved"])
    assert told["not_solved_reasons"] == "incomplete:2 wrong_country:1"
