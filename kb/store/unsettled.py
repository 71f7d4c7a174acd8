"""Sessions in which something was kept since their intents were written, settled some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, text

from kb.store.histories import read_histories, read_tickets
from kb.store.intents import Batch, IntentRow, replace_intents
from kb.store.names import Names, read_names, window_of
from kb.store.store import Store
from kb.store.tables import sessions

SESSIONS: Final = 400
"""Sessions settled in one transaction, and those of the same people with them."""

Due = Sequence[Row[Any]]
Judge = Callable[[Batch], Iterable[IntentRow]]


def settle_batch(store: Store, before: datetime, judge: Judge) -> int:
    """Writes what `judge` makes of some sessions unsettled and quiet since `before`; how many those were.

    One transaction: whoever keeps something for one of the sessions meanwhile waits, and marks it
    unsettled again. Two processes settle one after the other.
    """
    with store.writing() as connection:
        due = _due(connection, before)
        return _settle(store, connection, before, judge, due) if due else 0


def _settle(store: Store, connection: Connection, before: datetime, judge: Judge, due: Due) -> int:
    since = window_of(min(row.first_seen for row in due))
    names = read_names(connection, {row.person for row in due if row.person}, since)
    known = _known(names, due)
    rows = _locked(connection, due, names, known, since)
    batch = Batch(
        since=since,
        before=before,
        histories=read_histories(connection, rows, names),
        tickets=read_tickets(connection, [row.session_id for row in rows], known, names, since),
    )
    replace_intents(store, connection, batch, list(judge(batch)))
    settled = [row.session_id for row in rows if row.last_seen <= before]
    clean = sessions.update().where(sessions.c.session_id.in_(settled)).values(unsettled=False)
    connection.execute(clean)
    return len(settled)


def _due(connection: Connection, before: datetime) -> Due:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        connection.execute(text("LOCK TABLE intents IN SHARE ROW EXCLUSIVE MODE"))
    due = (
        select(sessions)
        .where(sessions.c.unsettled.is_(True), sessions.c.last_seen <= before)
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
