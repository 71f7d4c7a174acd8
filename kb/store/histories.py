"""What sessions left behind, read for settling: states of the field, events, tickets of the same people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, or_, select

from kb.store.names import Names
from kb.store.tables import events, queries, tickets

STATES: Final = 2_000
"""States of one session that are read, the first ones; who asks more often is no person anyway."""
EVENTS: Final = 10_000
"""Events of one session that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """One state of the field as the server was asked about it; `suggestions` are (slug, locale)."""

    query_id: str
    at: datetime
    text: str
    answered: bool
    held_out: bool
    failed: bool
    search: bool
    suggestions: tuple[tuple[str, str], ...]
    locale: str | None
    page: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event; `at` is the browser's time, but never later than it was received."""

    query_id: str
    type: str
    slug: str
    at: datetime
    seconds: float
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSent:
    """A ticket; `persons` are all names that its writer is known by."""

    ticket_id: str
    at: datetime
    session_id: str | None
    query_id: str | None
    persons: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is kept of one session. `person` is None where nobody is known, `crowd` where too many are."""

    session_id: str
    person: str | None
    crowd: bool
    traffic: str | None
    first_seen: datetime
    last_seen: datetime
    asked: tuple[AskedRow, ...]
    events: tuple[EventRow, ...]


def read_histories(connection: Connection, rows: Sequence[Row[Any]], names: Names) -> list[History]:
    """Of these rows of `sessions`."""
    ids = [row.session_id for row in rows]
    asked, happened = _asked(connection, ids), _events(connection, ids)
    crowd = {row.session_id for row in rows if names.is_crowd(row.person, row.first_seen)}
    return [
        History(
            session_id=row.session_id,
            person=None if row.session_id in crowd else names.of(row.person),
            crowd=row.session_id in crowd,
            traffic=row.traffic,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            asked=tuple(asked[row.session_id]),
            events=tuple(happened[row.session_id]),
        )
        for row in rows
    ]


def linked_in(histories: Iterable[History]) -> set[str]:
    """Slugs of articles that something was done with though no question of the session was answered with
    them: they were come to by a link in another."""
    linked: set[str] = set()
    for one in histories:
        told = {event.slug for event in one.events if event.slug}
        if told:
            linked |= told - {slug for asked in one.asked for slug, _ in asked.suggestions}
    return linked


def read_tickets(
    connection: Connection, ids: Sequence[str], names: Sequence[str], known: Names, since: datetime
) -> list[TicketSent]:
    """Tickets written in these sessions, or by anybody of these names since then."""
    columns = (tickets.c.ticket_id, tickets.c.created_at, tickets.c.session_id, tickets.c.query_id)
    by_name = or_(tickets.c.person.in_(names), tickets.c.sender.in_(names))
    found: Iterable[Select[Any]] = (
        select(*columns, tickets.c.person, tickets.c.sender).where(tickets.c.session_id.in_(ids)),
        select(*columns, tickets.c.person, tickets.c.sender).where(by_name, tickets.c.created_at >= since),
    )
    sent: dict[str, TicketSent] = {}
    for statement in found:
        for ticket_id, at, session_id, query_id, person, sender in connection.execute(statement):
            persons = {person, sender, known.of(person), known.of(sender)}
            sent[ticket_id] = TicketSent(
                ticket_id=ticket_id,
                at=at,
                session_id=session_id,
                query_id=query_id,
                persons=frozenset(name for name in persons if name and not known.is_crowd(name, at)),
            )
    return sorted(sent.values(), key=lambda one: (one.at, one.ticket_id))


def _asked(connection: Connection, ids: Sequence[str]) -> dict[str, list[AskedRow]]:
    q = queries.c
    counted = select(q.session_id).where(q.session_id.in_(ids)).group_by(q.session_id)
    endless = set(connection.execute(counted.having(func.count() > STATES)).scalars())
    names = [one.name for one in fields(AskedRow) if one.name not in ("search", "suggestions")]
    columns = (q.session_id, q.purpose, q.suggestions, *(q[name] for name in names))
    found = select(*columns).order_by(q.session_id, q.at, q.query_id)
    chosen = [found.where(q.session_id.in_([one for one in ids if one not in endless]))]
    chosen += [found.where(q.session_id == one).limit(STATES) for one in sorted(endless)]
    asked: dict[str, list[AskedRow]] = defaultdict(list)
    for statement in chosen:
        for session_id, purpose, suggestions, *rest in connection.execute(statement):
            asked[session_id].append(
                AskedRow(
                    search=purpose == "search",
                    suggestions=tuple((one[0], one[1]) for one in suggestions),
                    **dict(zip(names, rest, strict=True)),
                )
            )
    return asked


def _events(connection: Connection, ids: Sequence[str]) -> dict[str, list[EventRow]]:
    e = events.c
    columns = (e.session_id, e.query_id, e.type, e.slug, e.at, e.received_at, e.detail)
    happened: dict[str, list[EventRow]] = defaultdict(list)
    for session_id, query_id, kind, slug, at, received_at, detail in connection.execute(
        select(*columns).where(e.session_id.in_(ids))
    ):
        if len(happened[session_id]) == EVENTS:
            continue
        happened[session_id].append(
            EventRow(
                query_id=query_id,
                type=kind,
                slug=slug,
                at=min(at, received_at),
                seconds=float(detail.get("seconds", 0)),
                score=detail.get("score"),
            )
        )
    return happened
