"""Settled questions of people since a moment, answered or not, with how their visits ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from kb.store.store import Store
from kb.store.tables import intent_questions, intents, queries
from kb.store.unhelped import SENT

NEWEST: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRow:
    """A question that was answered with the articles `shown`, (locale, slug).

    `sent`: its person wrote a ticket, in this visit or within the next 72 hours.
    """

    query_id: str
    person: str
    text: str
    at: datetime
    shown: tuple[tuple[str, str], ...]
    sent: bool


def read_answered_since(store: Store, since: datetime) -> list[AnsweredRow]:
    """Of people who were shown something; oldest first, of very many the newest."""
    found = (
        select(
            intent_questions.c.query_id,
            intents.c.person,
            queries.c.text,
            intent_questions.c.at,
            queries.c.suggestions,
            intents.c.outcome,
            intents.c.taken_back,
        )
        .join(intents, intents.c.intent_id == intent_questions.c.intent_id)
        .join(queries, queries.c.query_id == intent_questions.c.query_id)
        .where(
            intents.c.traffic == "person",
            intents.c.held_out.is_(False),
            intent_questions.c.answered,
            intent_questions.c.at >= since,
            queries.c.text != "",
        )
        .order_by(intent_questions.c.at.desc(), intent_questions.c.query_id.desc())
        .limit(NEWEST)
    )
    with store.reading() as connection:
        rows = connection.execute(found).all()
    return [
        AnsweredRow(
            query_id=query,
            person=person,
            text=text,
            at=at,
            shown=tuple((locale, slug) for slug, locale, *_ in suggestions),
            sent=outcome in SENT or taken_back,
        )
        for query, person, text, at, suggestions, outcome, taken_back in reversed(rows)
    ]
