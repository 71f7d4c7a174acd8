"""Intents, written session by session: settling again what has changed writes the same again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, text

from kb.store.histories import History, TicketSent, read_histories, read_names, read_tickets
from kb.store.persons import TAKEN_BACK
from kb.store.store import Store
from kb.store.tables import intent_articles, intent_questions, intents, sessions
from kb.store.tallies import tally

SESSIONS: Final = 400
"""Sessions settled in one transaction, and those of the same people with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A settled question of an intent; `answered`: its person was or would have been offered something."""

    query_id: str
    at: datetime
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """An article offered or opened in an intent; `read`: open long enough; `seconds`: the longest time."""

    slug: str
    locale: str
    rank: int | None
    opened: bool
    read: bool
    seconds: float
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRow:
    """One person, one visit to the form, one problem, and what became of it.

    `person` is the session where nobody is known. `effort` is 1 (hard) to 5; `submit_seconds` lie between
    the first question and the ticket.
    """

    intent_id: str
    session_id: str
    person: str
    known: bool
    started_at: datetime
    ended_at: datetime
    locale: str | None
    page: str | None
    traffic: str
    outcome: str
    offered: bool
    held_out: bool
    taken_back: bool
    effort: int | None
    submit_seconds: float | None
    questions: tuple[QuestionRow, ...]
    articles: tuple[ArticleRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Sessions to settle with all others of the same people since `since`, and their tickets.

    Of a session that began before `since` only the intents from then on are judged.
    """

    since: datetime
    before: datetime
    histories: Sequence[History]
    tickets: Sequence[TicketSent]


def settle_batch(store: Store, before: datetime, judge: Callable[[Batch], Iterable[IntentRow]]) -> int:
    """Writes what `judge` makes of some sessions unsettled and quiet since `before`; how many those were.

    One transaction: whoever keeps something for one of the sessions meanwhile waits, and marks it
    unsettled again. Two processes settle one after the other.
    """
    with store.writing() as connection:
        due = _due(connection, before)
        if not due:
            return 0
        since = _window(min(row.first_seen for row in due))
        names, every = read_names(connection, {row.person for row in due if row.person}, since)
        lonely = [row.session_id for row in due]
        known = [name for name in every if name not in names.crowds]
        rows = _locked(connection, lonely, known, since)
        batch = Batch(
            since=since,
            before=before,
            histories=read_histories(connection, rows, names),
            tickets=read_tickets(connection, [row.session_id for row in rows], known, names, since),
        )
        _replace(store, connection, batch, list(judge(batch)))
        settled = [row.session_id for row in rows if row.last_seen <= before]
        clean = sessions.update().where(sessions.c.session_id.in_(settled)).values(unsettled=False)
        connection.execute(clean)
    return len(settled)


def _due(connection: Connection, before: datetime) -> Sequence[Row[Any]]:
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE intents IN SHARE ROW EXCLUSIVE MODE"))
    due = (
        select(sessions)
        .where(sessions.c.unsettled.is_(True), sessions.c.last_seen <= before)
        .order_by(sessions.c.last_seen)
        .limit(SESSIONS)
    )
    return connection.execute(due).all()


def _window(first_seen: datetime) -> datetime:
    """From the beginning of a day on, so that what one person asked in a day is seen as a whole."""
    return (first_seen - TAKEN_BACK).replace(hour=0, minute=0, second=0, microsecond=0)


def _locked(
    connection: Connection, ids: Sequence[str], names: Sequence[str], since: datetime
) -> Sequence[Row[Any]]:
    """These sessions and all of these people since then; in one order, or else two writers could each hold
    the row the other waits for."""
    kin = select(sessions.c.session_id).where(sessions.c.person.in_(names), sessions.c.last_seen >= since)
    every = sorted({*ids, *connection.execute(kin).scalars()})
    found = select(sessions).where(sessions.c.session_id.in_(every)).order_by(sessions.c.session_id)
    return connection.execute(found.with_for_update()).all()


def _replace(store: Store, connection: Connection, batch: Batch, rows: Sequence[IntentRow]) -> None:
    """What can still be judged is judged anew; what rests on questions no longer kept stays as it is."""
    kept = {one.session_id: max(one.asked[0].at, batch.since) for one in batch.histories if one.asked}
    i = intents.c
    old = connection.execute(select(i.session_id).distinct().where(i.session_id.in_(kept))).scalars().all()
    if old:
        began = i.started_at >= bindparam("since")
        stale = intents.delete().where(i.session_id == bindparam("session"), began)
        tally(store, connection, old, away=True)
        connection.execute(stale, [{"session": one, "since": kept[one]} for one in old])
    if rows:
        _insert(connection, rows)
    tally(store, connection, sorted({*old, *(row.session_id for row in rows)}))


def _insert(connection: Connection, rows: Sequence[IntentRow]) -> None:
    values = [_values(row) | {"day": row.started_at.date().isoformat()} for row in rows]
    connection.execute(intents.insert(), values)
    for table, parts in ((intent_questions, "questions"), (intent_articles, "articles")):
        values = [
            _values(part) | {"intent_id": row.intent_id} for row in rows for part in getattr(row, parts)
        ]
        if values:
            connection.execute(table.insert(), values)


def _values(row: Any) -> dict[str, Any]:
    """As `asdict`, which would copy the parts too."""
    return {
        one.name: getattr(row, one.name) for one in fields(row) if one.name not in ("questions", "articles")
    }
