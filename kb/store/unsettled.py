"""Sessions in which something was kept since their intents were written, settled some at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, text

from kb.store.histories import linked_in, read_histories, read_tickets
from kb.store.intents import Batch, IntentRow, replace_intents
from kb.store.names import Names, read_names, window_of
from kb.store.published import locales_of
from kb.store.store import Store
from kb.store.tables import sessions

logger = logging.getLogger(__name__)

SESSIONS: Final = 400
"""Sessions settled in one transaction, and those of the same people with them."""

Due = Sequence[Row[Any]]
Judge = Callable[[Batch], Iterable[IntentRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many sessions were settled, and the ids of those that could not be."""

    sessions: int
    failed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is done with any sessions of one batch."""

    store: Store
    connection: Connection
    before: datetime
    judge: Judge


def settle_batch(store: Store, before: datetime, judge: Judge, without: Collection[str] = ()) -> Settled:
    """Writes what `judge` makes of some sessions unsettled and quiet since `before`, but for those `without`.

    One transaction: whoever keeps something for one of the sessions meanwhile waits, and marks it
    unsettled again. Two processes settle one after the other.
    """
    with store.writing() as connection:
        due = _due(connection, before, without)
        task = _Task(store=store, connection=connection, before=before, judge=judge)
        return _as_many_as_can_be(task, due)


def _as_many_as_can_be(task: _Task, due: Due) -> Settled:
    """All of them, or else each half by itself: what cannot be settled must not keep the rest from it."""
    if not due:
        return Settled(sessions=0, failed=frozenset())
    try:
        with task.connection.begin_nested():
            return Settled(sessions=_settle(task, due), failed=frozenset())
    except Exception as error:
        if task.connection.invalidated:
            raise
        if len(due) == 1:
            # Not in the error's own words, which may quote a customer's.
            logger.error("session %s cannot be settled: %s", due[0].session_id, type(error).__name__)
            return Settled(sessions=0, failed=frozenset({due[0].session_id}))
    middle = len(due) // 2
    one, other = _as_many_as_can_be(task, due[:middle]), _as_many_as_can_be(task, due[middle:])
    return Settled(sessions=one.sessions + other.sessions, failed=one.failed | other.failed)


def _settle(task: _Task, due: Due) -> int:
    connection, before = task.connection, task.before
    since = window_of(min(row.first_seen for row in due))
    names = read_names(connection, {row.person for row in due if row.person}, since)
    known = _known(names, due)
    rows = _locked(connection, due, names, known, since)
    histories = read_histories(connection, rows, names)
    batch = Batch(
        since=since,
        before=before,
        histories=histories,
        tickets=read_tickets(connection, [row.session_id for row in rows], known, names, since),
        published=locales_of(connection, linked_in(histories)),
    )
    replace_intents(task.store, connection, batch, list(task.judge(batch)))
    settled = [row.session_id for row in rows if row.last_seen <= before]
    clean = sessions.update().where(sessions.c.session_id.in_(settled)).values(unsettled=False)
    connection.execute(clean)
    return len(settled)


def _due(connection: Connection, before: datetime, without: Collection[str]) -> Due:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        connection.execute(text("LOCK TABLE intents IN SHARE ROW EXCLUSIVE MODE"))
    due = (
        select(sessions)
        .where(sessions.c.unsettled.is_(True), sessions.c.last_seen <= before)
        .where(sessions.c.session_id.not_in(without))
        .order_by(sessions.c.last_seen)
        .limit(SESSIONS)
    )
    return connection.execute(due).all()


def _known(names: Names, due: Due) -> list[str]:
    """The names whose other sessions count: not those of crowds, who have too many and are nobody."""
    crowds = {name for name, _ in names.crowds}
    crowds -= {row.person for row in due if not names.is_crowd(row.person, row.first_seen)}
    return [name for name in names.every if name not in crowds]


def _locked(connection: Connection, due: Due, names: Names, known: Sequence[str], since: datetime) -> Due:
    """These sessions and all of these people since then; in one order, or else two writers could each hold
    the row the other waits for."""
    s = sessions.c
    kin = select(s.session_id, s.person, s.first_seen).where(s.person.in_(known), s.last_seen >= since)
    theirs = (one for one, name, began in connection.execute(kin) if not names.is_crowd(name, began))
    every = sorted({*(row.session_id for row in due), *theirs})
    found = select(sessions).where(s.session_id.in_(every)).order_by(s.session_id)
    return connection.execute(found.with_for_update()).all()
