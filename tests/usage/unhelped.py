"""People whom no suggestion helped, as rows and as what the server keeps of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from kb.store.store import Store
from kb.store.unhelped import UnhelpedRow
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NUMBERS = count(1)


def row(person: str, text: str = "q", *, at: datetime = NOON, **changes: Any) -> UnhelpedRow:
    made = {
        "query_id": f"q-{next(NUMBERS)}",
        "intent_id": f"i-{next(NUMBERS)}",
        "person": person,
        "text": text,
        "locale": "en",
        "page": None,
        "at": at,
        "answered": False,
        "confidence": 0.1,
        "suggestions": (),
        "outcome": "submitted",
    }
    return UnhelpedRow(**made | changes)


def ask(
    store: Store, person: str, text: str, *, at: datetime, then: str = "submitted", **changes: Any
) -> str:
    """A visit that asks one thing and ends with an event, `opened` before it where a slug is given."""
    opened = changes.pop("opened", None)
    visit = Visit(session_id=f"s-{next(NUMBERS)}", at=at, person=person, locale=changes.pop("locale", "en"))
    made = {
        "query_id": f"q-{next(NUMBERS)}",
        "visit": visit,
        "text": text,
        "snapshot_id": "snap",
        "answered": False,
        "confidence": 0.1,
        "held_out": False,
        "suggestions": (),
        "took_ms": 1,
    }
    asked = Asked(**made | changes)
    keep_asked(store, [asked])
    events = [Event(query_id=asked.query_id, type=then, at=at + timedelta(seconds=40))]
    if opened:
        soon = at + timedelta(seconds=5)
        events.insert(0, Event(query_id=asked.query_id, type="opened", at=soon, slug=opened))
        closed = {"seconds": 20}
        events.insert(
            1,
            Event(
                query_id=asked.query_id,
                type="closed",
                at=soon + timedelta(seconds=20),
                slug=opened,
                detail=closed,
            ),
        )
    keep_events(store, visit, events)
    return asked.query_id
