"""Intents, written session by session: settling again what has changed writes the same again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from kb.store.histories import History, TicketSent
from kb.store.store import Store
from kb.store.tables import intent_articles, intent_questions, intents
from kb.store.tallies import tally


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

    Of a session that began before `since` only the intents from then on are judged. `published`: the
    locales of articles that were opened without having been suggested.
    """

    since: datetime
    before: datetime
    histories: Sequence[History]
    tickets: Sequence[TicketSent]
    published: Mapping[str, Sequence[str]]


def replace_intents(store: Store, connection: Connection, batch: Batch, rows: Sequence[IntentRow]) -> None:
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
