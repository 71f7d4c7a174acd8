"""The week's letter: what is in it, and that what customers wrote cannot become markup or links of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

from kb.store.gaps import DecisionRow, GapRow
from kb.store.store import Store
from kb.usage.deflection import DeflectionReport, deflection_report
from kb.usage.digest import Digest, as_html, as_markdown, closed_since
from kb.usage.gaps import GapReport

NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def gap(number: int, label: str, **fields: Any) -> GapRow:
    base: dict[str, Any] = {"kind": "missing", "persons": 5, "questions": 6, "score": 1.0}
    moments = dict.fromkeys(("opened_at", "first_seen", "last_seen"), NOW)
    return GapRow(gap_id=number, label=label, **{**base, **moments, **fields})


@cache
def quiet_week() -> DeflectionReport:
    with TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/selfhelp.sqlite3")
        try:
            return deflection_report(store, NOW - WEEK, NOW)
        finally:
            store.close()


def letter(*gaps: GapRow, closed: tuple[GapRow, ...] = (), hidden: int = 0, address: str = "") -> Digest:
    report = GapReport(gaps=gaps, off_topic=(), decided=closed, hidden_singles=hidden)
    return Digest(
        since=NOW - WEEK,
        until=NOW,
        gaps=report,
        deflection=quiet_week(),
        closed=closed,
        address=address,
    )


def test_the_letter_lists_what_to_write_what_surges_and_what_was_closed() -> None:
    text = as_markdown(
        letter(
            gap(1, "stream deck", surge=True),
            gap(2, "webcam", persons=1),
            gap(3, "pens", status="published", replay={"asked": 5, "answered": 3, "failing": ["x"]}),
            closed=(gap(4, "invoices", status="verified"),),
            hidden=3,
        )
    )
    assert text.startswith("# Selfhelp, 01 May to 08 May 2026")
    sections = [
        "Suddenly asked a lot",
        "1. **stream deck** (gap 1: 5 people, no article)",
        "2. **webcam** (gap 2: 1 person",
        "Published, but not yet answering",
        "3 of 5 questions answered",
        "Closed this week",
        "invoices",
        "What it brought",
        "Not enough data",
        "3 questions that only one person asked",
    ]
    places = [text.index(section) for section in sections]
    assert places == sorted(places)


def test_after_ten_gaps_the_rest_is_a_number() -> None:
    text = as_markdown(letter(*(gap(n, f"gap {n}") for n in range(1, 14))))
    assert "10. **gap 10**" in text
    assert "gap 11" not in text
    assert "And 3 more." in text


def test_the_subject_names_the_first_gap_on_one_line() -> None:
    assert letter(gap(1, "stream\ndeck")).subject == "Selfhelp: 1 gap to write, first “stream deck”"
    assert letter().subject == "Selfhelp: nothing to write this week"


def test_closed_are_those_verified_in_this_time_and_still() -> None:
    report = GapReport(
        gaps=(),
        off_topic=(),
        hidden_singles=0,
        decided=tuple(gap(n, str(n), status=s) for n, s in enumerate(["verified"] * 2 + ["dismissed"])),
    )
    decisions = [
        DecisionRow(
            gap_id=n, status="verified", at=NOW - timedelta(days=days), by="selfhelp", note="", persons=2
        )
        for n, days in enumerate([1, 9, 1])
    ]
    assert [one.gap_id for one in closed_since(report, decisions, NOW - WEEK)] == [0]


def test_what_customers_wrote_is_no_link_no_picture_and_no_markup_of_the_mail() -> None:
    hostile = "[win](https://evil.example) ![x](https://evil.example/x.png) <script>1</script> **b** &lt;"
    html = as_html(as_markdown(letter(gap(1, hostile))))
    assert "<script" not in html
    assert "<img" not in html
    assert "<a " not in html
    assert "**b**" in html
    assert "[win](https://evil.example)" in html


def test_with_an_address_a_gap_links_to_its_page() -> None:
    html = as_html(as_markdown(letter(gap(7, "a [b] c"), address="https://help.example/")))
    assert '<a href="https://help.example/admin/gaps/7">a [b] c</a>' in html
