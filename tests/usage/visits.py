"""Visits to a form, told in a few words: what was typed when, and what was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from kb.store.histories import AskedRow, EventRow, History, TicketSent
from kb.store.intents import Batch, IntentRow
from kb.usage.settling import settled

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NEVER = NOON + timedelta(days=365)
NUMBERS = count(1)
PUBLISHED = {"linked": ["de", "en"], "foreign": ["de", "es"]}
OFFERED = (("refund", "en"), ("card", "en"))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class Visits:
    """One session."""

    session: str = "s1"
    person: str | None = "ann"
    traffic: str | None = None
    crowd: bool = False
    asked: list[AskedRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    tickets: list[TicketSent] = field(default_factory=list)

    def type(self, second: float, text: str, **changes: Any) -> Visits:
        """Answered with two articles unless said otherwise."""
        made = {
            "query_id": f"{self.session}-{len(self.asked)}",
            "at": at(second),
            "text": text,
            "answered": True,
            "held_out": False,
            "failed": False,
            "search": False,
            "suggestions": OFFERED,
            "locale": "en",
            "page": "https://shop.example/help",
        } | changes
        self.asked.append(AskedRow(**made))
        return self

    def do(self, second: float, kind: str, slug: str = "", *, seconds: float = 0, **changes: Any) -> Visits:
        """Something about what was asked last."""
        made = {"query_id": self.asked[-1].query_id, "type": kind, "slug": slug, "at": at(second)}
        self.events.append(EventRow(**made | {"seconds": seconds, "score": None} | changes))
        return self

    def write(self, second: float, *, person: str | None = None, **changes: Any) -> Visits:
        """A ticket, in this session unless by somebody who is named."""
        made = {
            "ticket_id": f"T-{next(NUMBERS)}",
            "at": at(second),
            "session_id": None if person else self.session,
            "query_id": self.asked[-1].query_id if self.asked and not person else None,
            "persons": frozenset({person or self.person or self.session}),
        }
        self.tickets.append(TicketSent(**made | changes))
        return self

    def history(self) -> History:
        moments = [one.at for one in self.asked] or [NOON]
        return History(
            session_id=self.session,
            person=self.person,
            crowd=self.crowd,
            traffic=self.traffic,
            first_seen=min(moments),
            last_seen=max(moments),
            asked=tuple(self.asked),
            events=tuple(self.events),
        )


def settle(*visits: Visits, before: datetime = NEVER) -> list[IntentRow]:
    """The intents of these sessions, in the order of their beginning."""
    rows = settled(batch_of(visits, before))
    return sorted(rows, key=lambda row: (row.started_at, row.intent_id))


def batch_of(visits: Iterable[Visits], before: datetime = NEVER) -> Batch:
    every = list(visits)
    return Batch(
        since=NOON - timedelta(days=30),
        before=before,
        histories=[one.history() for one in every],
        tickets=[ticket for one in every for ticket in one.tickets],
        published=PUBLISHED,
    )


def outcomes(rows: Sequence[IntentRow]) -> list[str]:
    return [row.outcome for row in rows]
