"""What did not help whom, and why, from intents in real databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kb.store.doubts import Doubts, find_doubts
from kb.store.periods import Period
from kb.store.store import Store
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage.settling import settle

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SHOWN = (("refund", "en", 0.9),)
PERIOD = Period(since=NOW - timedelta(days=30), until=NOW, final=NOW - timedelta(days=3))


def came(store: Store, name: str, *reasons: str | None, days: float = 10, traffic: str | None = None) -> None:
    """Somebody who asked so many days ago, read the article, and was helped unless for these reasons."""
    at = NOW - timedelta(days=days)
    visit = Visit(session_id=name, at=at, person=name, locale="en", traffic=traffic)
    asked = Asked(
        query_id=f"q-{name}", visit=visit, text="money back", snapshot_id="s", answered=True,
        confidence=0.9, held_out=False, suggestions=SHOWN, took_ms=1,
    )  # fmt: skip
    keep_asked(store, [asked])
    kinds = [("shown", "", None), ("opened", "refund", None), ("left", "", None)]
    kinds[2:2] = [("not_solved", "refund", reason) for reason in reasons]
    keep_events(
        store,
        visit,
        [
            Event(
                query_id=f"q-{name}",
                type=kind,
                slug=slug,
                at=at + timedelta(seconds=5 * number),
                detail={"reason": reason} if reason else {},
            )
            for number, (kind, slug, reason) in enumerate(kinds, start=1)
        ],
    )


def test_reasons_are_counted_by_the_people_who_gave_them(store: Store) -> None:
    came(store, "ann", "unclear")
    came(store, "ben", "incomplete")
    came(store, "cleo", "incomplete", "incomplete")
    came(store, "dora", None)
    came(store, "emil")
    settle(store, NOW)
    assert find_doubts(store, PERIOD) == {
        ("en", "refund"): Doubts(count=4, reasons={"incomplete": 2, "unclear": 1})
    }
    assert list(find_doubts(store, PERIOD)["en", "refund"].reasons) == ["incomplete", "unclear"]


def test_who_may_still_write_and_who_is_no_customer_are_not_counted(store: Store) -> None:
    came(store, "today", "unclear", days=1)
    came(store, "tester", "unclear", traffic="test")
    came(store, "long ago", "unclear", days=40)
    settle(store, NOW)
    assert find_doubts(store, PERIOD) == {}
