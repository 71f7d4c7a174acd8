"""Statements that delete what is older than it may be kept, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, exists, func, or_, select

from kb.store.store import Store
from kb.store.tables import (
    events,
    gap_decisions,
    gap_questions,
    gaps,
    intents,
    outbox,
    person_links,
    queries,
    sessions,
    tickets,
)
from kb.store.tickets import WAITING
from kb.store.wordings import forget_diagnosed, gaps_with, renew_gaps

BATCH: Final = 2_000
"""Rows deleted in one transaction, so that a server beside it waits for milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """What may go: what happened before `before`, and tickets from before `tickets_before`.

    None keeps all of a kind. Tickets that wait for their delivery stay unless `undelivered`.
    """

    before: datetime | None
    tickets_before: datetime | None
    undelivered: bool = False


def count_old(store: Store, old: Old) -> dict[str, int]:
    """How many rows of each table `delete_old` would delete; `undelivered`: tickets that it would keep."""
    with store.reading() as connection:
        return {
            table.name: _count(connection, table, condition) for table, condition in _conditions(old)
        } | _kept(connection, old)


def delete_old(store: Store, old: Old, least_persons: int = 2, batch: int = BATCH) -> dict[str, int]:
    """Deletes it for good; says how many rows of each table went. May be stopped and run again.

    A gap that fewer than `least_persons` are left in is not shown any more.
    """
    deleted: dict[str, int] = {}
    for table, condition in _conditions(old):
        deleted[table.name] = 0
        while True:
            with store.erasing() as connection:
                count = _delete_batch(connection, table, condition, batch)
            deleted[table.name] += count
            if count < batch:
                break
    with store.erasing() as connection:
        connection.execute(person_links.delete().where(_leads_nowhere()))
        if old.before:
            renew_gaps(connection, least_persons)
    store.empty_journal()
    with store.reading() as connection:
        return deleted | _kept(connection, old)


def _conditions(old: Old) -> list[tuple[Table, ColumnElement[bool]]]:
    """In the order in which they can go: what refers to something goes before it."""
    found: list[tuple[Table, ColumnElement[bool]]] = []
    if old.before:
        found += [
            (intents, intents.c.started_at < old.before),
            (events, events.c.received_at < old.before),
            (queries, queries.c.at < old.before),
            (sessions, (sessions.c.last_seen < old.before) & ~_has_rows_since(old.before)),
            (gaps, gaps.c.last_seen < old.before),
        ]
    if old.tickets_before:
        past = tickets.c.created_at < old.tickets_before
        found.append((tickets, past if old.undelivered else past & ~_is_waiting()))
    return found


def _has_rows_since(before: datetime) -> ColumnElement[bool]:
    """A clock set back may leave a session that seems older than what it asked."""
    later_query = exists().where(queries.c.session_id == sessions.c.session_id, queries.c.at >= before)
    later_event = exists().where(events.c.session_id == sessions.c.session_id, events.c.received_at >= before)
    return or_(later_query, later_event)


def _is_waiting() -> ColumnElement[bool]:
    return exists().where(outbox.c.ticket_id == tickets.c.ticket_id, outbox.c.state == WAITING)


def _leads_nowhere() -> ColumnElement[bool]:
    """A link between two names of which neither a ticket nor a session is left."""
    sent = exists().where(tickets.c.sender == person_links.c.person)
    wrote = exists().where(tickets.c.person == person_links.c.alias)
    asked = exists().where(sessions.c.person == person_links.c.alias)
    return ~(sent | wrote | asked)


def _count(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one()


def _kept(connection: Connection, old: Old) -> dict[str, int]:
    if old.tickets_before is None or old.undelivered:
        return {}
    waiting = (tickets.c.created_at < old.tickets_before) & _is_waiting()
    return {"undelivered": _count(connection, tickets, waiting)}


def _delete_batch(connection: Connection, table: Table, condition: ColumnElement[bool], batch: int) -> int:
    (key,) = table.primary_key.columns
    ids = connection.execute(select(key).where(condition).limit(batch)).scalars().all()
    _delete_what_refers_to(connection, table, ids)
    return connection.execute(table.delete().where(key.in_(ids))).rowcount if ids else 0


def _delete_what_refers_to(connection: Connection, table: Table, ids: Sequence[Any]) -> None:
    """Where the database does not do so by itself."""
    if table is queries:
        forget_diagnosed(connection, gaps_with(connection, ids))
        connection.execute(gap_questions.delete().where(gap_questions.c.query_id.in_(ids)))
    if table is gaps:
        for referring in (gap_questions, gap_decisions):
            connection.execute(referring.delete().where(referring.c.gap_id.in_(ids)))
