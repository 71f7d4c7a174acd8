"""Statements about what is being asked now: every state of every field, minutes old, not settled yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select

from kb.store.store import Store
from kb.store.tables import person_links, queries, sessions

NEWEST: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """One state of a field, redacted; `person` is the session where no person is known, and the sender of
    tickets for a name that wrote under one address.
    """

    session_id: str
    person: str
    text: str
    locale: str | None
    at: datetime
    answered: bool


def read_typed(store: Store, since: datetime) -> list[TypedRow]:
    """What people typed since then, of each session in order; only the newest of very much."""
    found = (
        select(
            queries.c.session_id,
            func.coalesce(person_links.c.person, sessions.c.person, queries.c.session_id).label("person"),
            queries.c.text,
            queries.c.locale,
            queries.c.at,
            queries.c.answered,
        )
        .join(sessions, sessions.c.session_id == queries.c.session_id)
        .outerjoin(person_links, person_links.c.alias == sessions.c.person)
        .where(queries.c.at >= since, or_(sessions.c.traffic.is_(None), sessions.c.traffic == "person"))
        .order_by(queries.c.at.desc())
        .limit(NEWEST)
    )
    with store.reading() as connection:
        rows = [TypedRow(**row) for row in connection.execute(found).mappings()]
    return sorted(rows, key=lambda row: (row.session_id, row.at))
