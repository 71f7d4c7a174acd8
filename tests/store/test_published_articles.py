"""What is published and since when, what people asked since, and decisions that come too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kb.store.asked_since import read_answered_since
from kb.store.gaps import DISMISSED, OPEN, PUBLISHED, GapRow, decide_gap, keep_gaps, read_decisions, read_gap
from kb.store.published import changed_articles, keep_published
from kb.store.store import Store
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage.settling import settle

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_an_article_is_of_the_day_on_which_it_last_changed(store: Store) -> None:
    keep_published(store, {("en", "a"): "1", ("en", "b"): "1", ("de", "a"): "1"}, MAY)
    keep_published(store, {("en", "a"): "1", ("en", "b"): "2", ("en", "c"): "1"}, JUNE)
    assert changed_articles(store) == {("en", "a"): MAY, ("en", "b"): JUNE, ("en", "c"): JUNE}
    keep_published(store, {}, JUNE)
    assert changed_articles(store) == {}


def test_more_articles_go_than_fit_into_one_statement(store: Store) -> None:
    keep_published(store, {("en", f"a{number}"): "1" for number in range(1200)}, MAY)
    keep_published(store, {("en", "a7"): "1"}, JUNE)
    assert changed_articles(store) == {("en", "a7"): MAY}


def ask(store: Store, person: str, then: str, **fields: object) -> None:
    visit = Visit(session_id=f"s-{person}", at=JUNE, person=person, locale="en")
    made = {
        "query_id": f"q-{person}",
        "visit": visit,
        "text": "how old",
        "snapshot_id": "snap",
        "answered": True,
        "confidence": 0.5,
        "held_out": False,
        "suggestions": (("age", "en", 0.5),),
        "took_ms": 1.0,
    }
    keep_asked(store, [Asked(**made | fields)])  # type: ignore[arg-type]
    keep_events(store, visit, [Event(query_id=f"q-{person}", type=then, at=JUNE + timedelta(seconds=40))])


def test_who_was_shown_something_since_with_what_and_whether_a_ticket_followed(store: Store) -> None:
    ask(store, "ann", "left")
    ask(store, "ben", "submitted")
    ask(store, "cleo", "left", answered=False)
    ask(store, "dan", "left", held_out=True)
    settle(store, JUNE + timedelta(days=1))
    rows = read_answered_since(store, MAY)
    assert {(row.person, row.shown, row.sent) for row in rows} == {
        ("ann", (("en", "age"),), False),
        ("ben", (("en", "age"),), True),
    }
    assert read_answered_since(store, JUNE + timedelta(days=2)) == []


def test_a_decision_made_of_what_is_no_longer_so_is_not_kept(store: Store) -> None:
    gap = GapRow(
        gap_id=1, label="how old", kind="missing", opened_at=MAY, first_seen=MAY, last_seen=MAY, persons=2,
        questions=2, score=1,
    )  # fmt: skip
    assert keep_gaps(store, [gap], {}, 0)
    assert decide_gap(store, 1, DISMISSED, "anna", JUNE)
    assert not decide_gap(store, 1, PUBLISHED, "index", JUNE, only_if=OPEN)
    assert not decide_gap(store, 7, PUBLISHED, "index", JUNE)
    found = read_gap(store, 1)
    assert found is not None
    assert found.status == DISMISSED
    assert [one.by for one in read_decisions(store)] == ["anna"]
    assert decide_gap(store, 1, OPEN, "index", JUNE, only_if=DISMISSED)
