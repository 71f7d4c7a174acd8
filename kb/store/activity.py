"""When a person last did something: whether there can be anything new to settle."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Select, select

from kb.store.store import Store
from kb.store.tables import events, queries, sessions, tickets

MACHINES: Final = ("canary", "test")


def last_activity(store: Store) -> datetime | None:
    """The moment of the newest question, event or ticket; None before the first.

    What the canary does, every few minutes, is no activity.
    """
    newest = (
        _newest(queries.c.session_id, queries.c.at),
        _newest(events.c.session_id, events.c.received_at),
        select(tickets.c.created_at).order_by(tickets.c.created_at.desc()).limit(1),
    )
    with store.reading() as connection:
        moments = [connection.execute(one).scalar() for one in newest]
    return max((one for one in moments if one), default=None)


def _newest(session: Column[Any], at: Column[Any]) -> Select[Any]:
    """Walks the index on `at` backwards to the first row that is not a machine's."""
    machine = sessions.c.traffic.in_(MACHINES)
    return (
        select(at)
        .join(sessions, sessions.c.session_id == session)
        .where(sessions.c.traffic.is_(None) | ~machine)
        .order_by(at.desc())
        .limit(1)
    )
