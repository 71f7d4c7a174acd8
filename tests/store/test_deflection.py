"""The report, from intents in a real database."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kb.errors import SettingsError
from kb.store.canary import Trial, keep_trial
from kb.store.retention import Old, delete_old
from kb.store.store import Store
from kb.store.tables import intent_articles, intents
from kb.store.tallies import tally
from kb.store.tickets import TicketRow, keep_ticket
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage.deflection import DeflectionReport, deflection_report
from kb.usage.deflection_command import csv_of, deflection, json_of, since_of
from kb.usage.deflection_table import table_of
from kb.usage.settling import settle

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)  # a Monday
SINCE = NOW - timedelta(days=30)
NUMBERS = count()


def intent(
    outcome: str = "left", *, days: float = 10, articles: tuple[dict[str, Any], ...] = (), **changes: Any
) -> Any:
    """An intent so many days old, and its articles."""
    name = f"i{next(NUMBERS)}"
    began = NOW - timedelta(days=days)
    row = {
        "intent_id": name, "session_id": name, "person": name, "known": True, "started_at": began,
        "ended_at": began + timedelta(minutes=5), "locale": "en", "page": "https://a.example/",
        "traffic": "person", "outcome": outcome, "offered": outcome != "unoffered", "held_out": False,
        "taken_back": False, "effort": None, "submit_seconds": None, "day": began.date().isoformat(),
    }  # fmt: skip
    blank = {"locale": "en", "rank": 1, "opened": False, "read": False, "seconds": 0, "verdict": None}
    return row | changes, [blank | {"intent_id": name} | article for article in articles]


def keep(store: Store, *made: Any) -> None:
    with store.writing() as connection:
        connection.execute(intents.insert(), [row for row, _ in made])
        for _, articles in made:
            if articles:
                connection.execute(intent_articles.insert(), articles)
        tally(store, connection, [row["session_id"] for row, _ in made])


def csv_lines(report: DeflectionReport) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["section"], row["name"]): row for row in csv.DictReader(io.StringIO(csv_of(report)))}


def test_the_rate_is_confirmed_not_taken_back_of_those_offered(store: Store) -> None:
    keep(
        store,
        intent("confirmed"), intent("confirmed"), intent("confirmed", taken_back=True), intent("assumed"),
        intent("left"), intent("submitted"), intent("unoffered"), intent("confirmed", traffic="bot"),
    )  # fmt: skip
    report = deflection_report(store, SINCE, NOW)
    assert (report.intents, report.offered, report.confirmed, report.assumed) == (7, 6, 2, 1)
    assert report.deflection
    assert report.deflection.value == pytest.approx(2 / 6)
    assert report.assumed_share
    assert report.assumed_share.value == pytest.approx(1 / 6)
    assert {one.outcome: one.intents for one in report.outcomes} == {
        "submitted_after_reading": 0, "submitted": 1, "confirmed": 3, "assumed": 1, "left": 1, "unoffered": 1,
        "error": 0,
    }  # fmt: skip
    assert report.apart == {"bot": 1}


def test_readers_are_counted_whatever_they_did_then(store: Store) -> None:
    read = ({"slug": "refund", "opened": True, "read": True, "seconds": 60, "verdict": "not_solved"},)
    keep(
        store,
        intent("left", articles=read), intent("left", articles=read, days=1), intent("left"),
        intent("assumed"), intent("confirmed"), intent("submitted_after_reading"), intent("submitted"),
        intent("left", articles=read, traffic="bot"),
    )  # fmt: skip
    assert deflection_report(store, SINCE, NOW).read == 4


def test_what_is_younger_than_72_hours_is_counted_apart(store: Store) -> None:
    keep(store, intent("confirmed", days=2.9), intent("left", days=3.1))
    report = deflection_report(store, SINCE, NOW)
    assert (report.intents, report.provisional, report.confirmed) == (1, 1, 0)
    assert sum(one.provisional for one in report.outcomes) == 1


def test_only_the_period_counts(store: Store) -> None:
    keep(store, intent(days=31), intent(days=30), intent(days=0))
    report = deflection_report(store, SINCE, NOW)
    assert report.intents + report.provisional == 1


def test_a_report_of_nothing_says_so(store: Store) -> None:
    report = deflection_report(store, SINCE, NOW, 5.0)
    assert (report.deflection, report.known_share, report.saved, report.effort.mean) == (
        None,
        None,
        None,
        None,
    )
    assert "nobody is held out" in table_of(report)


def test_groups_are_by_locale_by_page_and_by_week(store: Store) -> None:
    keep(
        store,
        intent("confirmed", locale="de", days=20),
        intent("confirmed", locale=None, page=None, days=20),
        *(intent("submitted", days=7 * n + 5) for n in range(3)),
    )
    report = deflection_report(store, SINCE, NOW)
    assert {one.name: (one.intents, one.confirmed, one.submitted) for one in report.locales} == {
        "en": (3, 0, 3), "de": (1, 1, 0), "": (1, 1, 0),
    }  # fmt: skip
    assert [(one.name, one.intents) for one in report.pages] == [("https://a.example/", 4), ("", 1)]
    assert [(one.name, one.intents) for one in report.weeks] == [
        ("2026-05-12", 3), ("2026-05-18", 1), ("2026-05-25", 1),
        ("2026-06-01", 0),
    ]  # fmt: skip


def test_articles_tell_how_they_did(store: Store) -> None:
    solved = {"slug": "a", "opened": True, "read": True, "verdict": "solved"}
    keep(
        store,
        intent("confirmed", articles=(solved, {"slug": "b"})),
        intent("confirmed", taken_back=True, articles=(solved,)),
        intent(
            "submitted_after_reading", articles=({"slug": "a", "opened": True, "read": True}, {"slug": "b"})
        ),
        intent(
            "submitted", articles=({"slug": "b", "opened": True}, {"slug": "c", "rank": None, "opened": True})
        ),
    )
    found = deflection_report(store, SINCE, NOW).articles
    assert [(one.slug, one.offered, one.opened, one.solved, one.tickets) for one in found] == [
        ("a", 3, 3, 1, 1), ("b", 3, 1, 0, 0), ("c", 0, 1, 0, 0),
    ]  # fmt: skip


def test_lift_counts_persons_and_what_was_taken_back_as_sent(store: Store) -> None:
    keep(
        store,
        *(intent("submitted", held_out=True, person=f"h{n % 50}") for n in range(100)),
        *(intent("left", person=f"s{n}", taken_back=n < 100) for n in range(300)),
    )
    lift = deflection_report(store, SINCE, NOW).lift
    assert (lift.held_out, lift.held_out_submitted, lift.shown, lift.shown_submitted) == (100, 100, 300, 100)
    assert (lift.persons, lift.method) == (350, "bootstrap")
    assert lift.missing


def test_savings_come_from_the_lift_and_never_from_what_is_assumed(store: Store) -> None:
    made = [intent("submitted", held_out=True) for _ in range(2600)]
    made += [intent("assumed") for _ in range(600)] + [intent("submitted") for _ in range(2000)]
    keep(store, *made)
    report = deflection_report(store, SINCE, NOW, 10.0)
    difference = report.lift.difference
    assert difference
    assert report.saved
    assert difference.value == pytest.approx(600 / 2600)
    assert report.saved.value == pytest.approx(6000)
    assert report.saved.low == pytest.approx(difference.low * 2600 * 10)
    assert deflection_report(store, SINCE, NOW).saved is None


def test_effort_and_time_to_submit(store: Store) -> None:
    keep(
        store,
        intent(effort=5), intent(effort=2),
        *(intent("submitted", submit_seconds=seconds) for seconds in (10, 20, 90)),
        intent("submitted", submit_seconds=15, held_out=True),
    )  # fmt: skip
    report = deflection_report(store, SINCE, NOW)
    assert (report.effort.answers, report.effort.mean) == (2, 3.5)
    assert (report.submit_time.shown, report.submit_time.held_out) == (20, 15)
    assert "20 s shown against 15 s held out" in table_of(report)
    lines = csv_lines(report)
    assert (lines["effort", ""]["answers"], lines["effort", ""]["mean"]) == ("2", "3.5")
    assert float(lines["submit_time", "shown"]["seconds"]) == 20
    assert float(lines["submit_time", "held_out"]["seconds"]) == 15


def test_known_persons_and_tickets_without_a_question_are_told(store: Store) -> None:
    keep(store, intent(), intent(known=False), intent(known=False), intent(known=False))
    at = NOW - timedelta(days=5)
    keep_ticket(
        store, TicketRow(ticket_id="T", idempotency_key=None, created_at=at, email="a@b", message="m"), []
    )
    report = deflection_report(store, SINCE, NOW)
    assert (report.known_share, report.tickets_alone) == (0.25, 1)
    assert "known in 25 %" in table_of(report)
    assert csv_lines(report)["tickets_alone", ""]["tickets"] == "1"


def test_a_ticket_is_not_alone_before_its_question_is_settled_nor_after_it_is_pruned(store: Store) -> None:
    at = NOW - timedelta(days=5)
    visit = Visit(session_id="s", at=at)
    asked = Asked(
        query_id="q", visit=visit, text="refund", snapshot_id="s", answered=True, confidence=1,
        held_out=False, suggestions=(), took_ms=0,
    )  # fmt: skip
    keep_asked(store, [asked])
    ticket = TicketRow(
        ticket_id="T", idempotency_key=None, created_at=at, email="a@b", message="m", session_id="s"
    )
    keep_ticket(store, ticket, [])
    assert deflection_report(store, SINCE, NOW).tickets_alone == 0
    settle(store, NOW)
    delete_old(store, Old(before=NOW, tickets_before=None))
    report = deflection_report(store, SINCE, NOW)
    assert (report.tickets_alone, report.intents) == (0, 1)
    assert sum(week.intents for week in report.weeks) == 1, "counted, though the intent is gone"


def test_where_people_will_be_held_out_it_says_how_many_intents_that_takes(store: Store) -> None:
    keep(store, intent())
    lift = deflection_report(store, SINCE, NOW, holdout=0.1).lift
    assert lift.words == "not enough data: 8,720 more intents needed"


def test_a_broken_measurement_is_said_first(store: Store) -> None:
    for hours, state in ((3, "works"), (2, "broken")):
        at = NOW - timedelta(hours=hours)
        keep_trial(
            store, Trial(server="a", state=state, at=at, due_at=NOW + timedelta(hours=1), step="asked")
        )
    report = deflection_report(store, SINCE, NOW)
    assert report.broken_since == NOW - timedelta(hours=3)
    assert table_of(report).startswith("MEASUREMENT BROKEN since 2026-06-01 09:00 UTC")
    broken = csv_lines(report)["broken", ""]
    assert (broken["since"], broken["until"]) == ("2026-06-01T09:00:00+00:00", "")


def test_a_mended_measurement_stays_known_to_reports_of_that_time(store: Store) -> None:
    for hours, state in ((5, "works"), (4, "broken"), (3, "works")):
        at = NOW - timedelta(hours=hours)
        keep_trial(store, Trial(server="a", state=state, at=at, due_at=NOW + timedelta(hours=1)))
    report = deflection_report(store, SINCE, NOW)
    assert report.broken_since is None
    assert "was broken from 2026-06-01 07:00 to 2026-06-01 09:00 UTC" in table_of(report)
    assert csv_lines(report)["broken", ""]["until"] == "2026-06-01T09:00:00+00:00"
    assert deflection_report(store, NOW - timedelta(hours=1), NOW).was_broken == ()


def test_json_holds_all_of_it_and_csv_a_line_a_group(store: Store) -> None:
    keep(
        store,
        intent("confirmed", page="=HYPERLINK()", articles=({"slug": "a"},)),
        intent("left", traffic="test"),
    )
    report = deflection_report(store, SINCE, NOW, 5.0)
    whole = json.loads(json_of(report))
    assert whole["deflection"]["value"] == 1.0
    assert whole["lift"]["words"] == report.lift.words
    lines = csv_lines(report)
    assert lines["outcome", "confirmed"]["intents"] == "1"
    assert lines["article", "en/a"]["offered"] == "1"
    assert lines["apart", "test"]["intents"] == "1"
    assert ("page", "'=HYPERLINK()") in lines
    assert float(lines["total", ""]["rate_low"]) < 1
    assert float(lines["assumed", ""]["rate_high"]) > 0
    assert (lines["saved", ""]["cost_per_ticket"], lines["saved", ""].get("saved", "")) == ("5.0", "")


def test_nothing_from_a_browser_is_an_order_to_the_terminal(store: Store) -> None:
    keep(store, intent(page="https://a.example/\x1b[31m", articles=({"slug": "a\x1b[2J"},)))
    assert "\x1b" not in table_of(deflection_report(store, SINCE, NOW))


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """Where somebody's problem was solved ten days ago; nothing is settled yet."""
    store = Store.open(f"sqlite:///{tmp_path}/selfhelp.sqlite3")
    at = datetime.now(UTC) - timedelta(days=10)
    visit = Visit(session_id="s", at=at, person="p", locale="en")
    keep_asked(
        store,
        [
            Asked(
                query_id="q", visit=visit, text="refund", snapshot_id="s", answered=True, confidence=1,
                held_out=False, suggestions=(("refund", "en", 1.0),), took_ms=1,
            )
        ],
    )  # fmt: skip
    keep_events(store, visit, [Event(query_id="q", type="solved", at=at, slug="refund")])
    store.close()
    return tmp_path


def run(*arguments: str) -> str:
    ran = CliRunner().invoke(deflection, list(arguments), catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_the_command_settles_first_and_prints_what_became_of_problems(data: Path) -> None:
    assert "1 confirmed of 1 offered" in run("--data", str(data))
    assert json.loads(run("--data", str(data), "--format", "json"))["confirmed"] == 1
    assert run("--data", str(data), "--format", "csv").startswith("section,name,")
    assert "0 confirmed of 0 offered" in run("--data", str(data), "--since", "5d")


@pytest.mark.parametrize("since", ["yesterday", "30", "2999-01-01", "999999d", ""])
def test_a_since_that_is_no_past_moment_is_named(data: Path, since: str) -> None:
    ran = CliRunner().invoke(deflection, ["--data", str(data), "--since", since])
    assert ran.exit_code == 2
    assert "30d" in ran.output


def test_since_reads_days_dates_and_moments() -> None:
    assert since_of("7d", NOW) == NOW - timedelta(days=7)
    with pytest.raises(ValueError, match="no time"):
        since_of("0d", NOW)
    assert since_of("2026-05-01", NOW) == datetime(2026, 5, 1, tzinfo=UTC)
    assert since_of("2026-05-01T12:00+02:00", NOW) == datetime(2026, 5, 1, 10, tzinfo=UTC)


def test_a_cost_below_nothing_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFHELP_COST_PER_TICKET", "-1")
    with pytest.raises(SettingsError, match="COST_PER_TICKET"):
        run("--data", str(data))
