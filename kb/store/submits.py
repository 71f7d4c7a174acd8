"""Who submitted and how soon, counted along indexes: final intents of people alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select

from kb.store.periods import Period
from kb.store.store import Store
from kb.store.tables import intent_days, intents, queries, sessions, tickets
from kb.store.tallies import PERSON, SENT, times

MOST: Final = 0.25
"""Share of all intents from which on it is quicker to walk through all of them in the right order."""


def first_counted(store: Store) -> datetime | None:
    """The first day of which intents are counted, whether or not they themselves are still kept."""
    with store.reading() as connection:
        first = select(func.min(intent_days.c.day)).where(intent_days.c.count > 0)
        day: str | None = connection.execute(first).scalar()
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


def _first_began(store: Store) -> datetime | None:
    """When the oldest intent began."""
    with store.reading() as connection:
        first: datetime | None = connection.execute(select(func.min(intents.c.started_at))).scalar()
    return first


def persons_by_submits(store: Store, period: Period) -> dict[tuple[int, int, int, int], int]:
    """How many persons had so many intents held out, of those so many sent, so many shown, so many sent.

    An intent taken back counts as sent: the ticket only came later.
    """
    i = intents.c
    sent = or_(i.outcome.in_(SENT), i.taken_back)
    kinds = (
        times(i.held_out).label("held_out"),
        times(and_(i.held_out, sent)).label("held_out_sent"),
        times(not_(i.held_out)).label("shown"),
        times(and_(not_(i.held_out), sent)).label("shown_sent"),
    )
    # Along the index by person it takes a quarter of the time of looking up the period's intents one by one
    # and sorting them.
    those = _unsearched(_final(period)) if _is_most(period, _first_began(store)) else _final(period)
    persons = select(*kinds).where(those, i.traffic == PERSON).group_by(i.person).subquery()
    found = select(*persons.c, func.count()).group_by(*persons.c)
    with store.reading() as connection:
        return {(row[0], row[1], row[2], row[3]): row[4] for row in connection.execute(found)}


def median_submit_seconds(store: Store, period: Period, *, held_out: bool) -> tuple[float | None, int]:
    """The median of the seconds from first question to ticket, and of how many tickets."""
    i = intents.c
    those = and_(
        i.traffic == PERSON,
        i.held_out.is_(held_out),
        i.submit_seconds.is_not(None),
        _unsearched(_final(period)),
    )
    with store.reading() as connection:
        count = connection.execute(select(func.count()).select_from(intents).where(those)).scalar_one()
        ordered = select(i.submit_seconds).where(those).order_by(i.submit_seconds)
        middle = connection.execute(ordered.offset(count // 2).limit(1)).scalar()
        return middle, count


def tickets_alone(store: Store, period: Period) -> int:
    """Tickets written in no session, or in one without a question, settled or not.

    Of a session that is no longer kept nobody knows: a question began it.
    """
    t = tickets.c
    kept = exists().where(sessions.c.session_id == t.session_id)
    asked = exists().where(queries.c.session_id == t.session_id, queries.c.text != "")
    settled = exists().where(intents.c.session_id == t.session_id)
    alone = or_(t.session_id.is_(None), and_(kept, not_(asked), not_(settled)))
    those = and_(t.created_at >= period.since, t.created_at < period.until, alone)
    found: Select[Any] = select(func.count()).select_from(tickets).where(those)
    with store.reading() as connection:
        return int(connection.execute(found).scalar_one())


def _is_most(period: Period, first: datetime | None) -> bool:
    """Whether a good part of all intents lies in it."""
    return first is not None and MOST * (period.until - first) <= period.until - period.since


def _final(period: Period) -> ColumnElement[bool]:
    end = min(period.until, period.final)
    return and_(intents.c.started_at >= period.since, intents.c.started_at < end)


def _unsearched(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same, so written that SQLite walks along an index that holds all it needs, in the order it needs,
    instead of searching the one by time."""
    return condition.self_group().is_(True)
