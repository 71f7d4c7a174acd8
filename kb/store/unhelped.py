"""What no suggestion helped: settled questions of people who wrote a ticket, left unanswered, or said so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from kb.store.store import Store
from kb.store.tables import gap_questions, intent_articles, intent_questions, intents, queries

SENT = ("submitted_after_reading", "submitted")
LEFT = ("left", "unoffered")
NOT_SOLVED = "not_solved"
# The newest count: more would take minutes to group and change nothing at the top of the list.
NEWEST = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRow:
    """An article opened in an intent, read for so many `seconds`; `verdict`: solved, not_solved or None."""

    slug: str
    locale: str
    seconds: float
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnhelpedRow:
    """A settled question that no suggestion helped, redacted, with how its intent ended.

    `person` is the session where no person is known; `suggestions` are (slug, locale, confidence), best
    first, shown only if `answered`; `gap_id` is the gap it is part of, if any.
    """

    query_id: str
    intent_id: str
    person: str
    text: str
    locale: str | None
    page: str | None
    at: datetime
    answered: bool
    confidence: float
    suggestions: tuple[tuple[str, str, float], ...]
    outcome: str
    taken_back: bool = False
    opened: tuple[OpenedRow, ...] = ()
    gap_id: int | None = None

    @property
    def sent(self) -> bool:
        """Whether its person wrote a ticket, in this visit or within the next 72 hours."""
        return self.outcome in SENT or self.taken_back


def read_unhelped(store: Store, *, gap_id: int | None = None) -> list[UnhelpedRow]:
    """All that are kept, or those of a gap, oldest first; of more than NEWEST the newest.

    Of those who left only what was not answered, or where they said that an article did not help: who was
    offered something may have read enough. Of a held-out person, who was shown nothing, only what nothing
    would have answered. No outages, no bots.
    """
    found = _questions()
    if gap_id is not None:
        found = found.where(gap_questions.c.gap_id == gap_id)
    return _unhelped(store, found)


def count_single(store: Store) -> int:
    """Questions that no suggestion helped and that are in no gap."""
    found = (
        select(func.count())
        .select_from(intent_questions)
        .join(intents, intents.c.intent_id == intent_questions.c.intent_id)
        .join(queries, queries.c.query_id == intent_questions.c.query_id)
        .outerjoin(gap_questions, gap_questions.c.query_id == intent_questions.c.query_id)
        .where(_failed(), gap_questions.c.gap_id.is_(None))
    )
    with store.reading() as connection:
        return connection.execute(found).scalar_one()


def count_in_gap(connection: Connection, gap_id: int) -> tuple[int, int]:
    """How many people and how many questions of theirs a gap has, of those still kept."""
    found = (
        select(func.count(intents.c.person.distinct()), func.count())
        .select_from(gap_questions)
        .join(intent_questions, intent_questions.c.query_id == gap_questions.c.query_id)
        .join(intents, intents.c.intent_id == intent_questions.c.intent_id)
        .join(queries, queries.c.query_id == gap_questions.c.query_id)
        .where(_failed(), gap_questions.c.gap_id == gap_id)
    )
    persons, questions = connection.execute(found).one()
    return persons, questions


def _questions() -> Select[Any]:
    return (
        select(
            intent_questions.c.query_id,
            intents.c.intent_id,
            intents.c.person,
            queries.c.text,
            queries.c.locale,
            queries.c.page,
            intent_questions.c.at,
            intent_questions.c.answered,
            queries.c.confidence,
            queries.c.suggestions,
            intents.c.outcome,
            intents.c.taken_back,
            gap_questions.c.gap_id,
        )
        .join(intents, intents.c.intent_id == intent_questions.c.intent_id)
        .join(queries, queries.c.query_id == intent_questions.c.query_id)
        .outerjoin(gap_questions, gap_questions.c.query_id == intent_questions.c.query_id)
        .where(_failed())
        .order_by(intent_questions.c.at.desc(), intent_questions.c.query_id.desc())
        .limit(NEWEST)
    )


def _unhelped(store: Store, found: Select[Any]) -> list[UnhelpedRow]:
    with store.reading() as connection:
        rows = connection.execute(found).mappings().all()
        opened: dict[str, list[OpenedRow]] = defaultdict(list)
        if rows:
            for intent_id, *article in connection.execute(_opened(found)):
                opened[intent_id].append(OpenedRow(**dict(zip(_OPENED, article, strict=True))))
    return [
        UnhelpedRow(
            **{
                **row,
                "suggestions": tuple((slug, locale, float(c)) for slug, locale, c, *_ in row["suggestions"]),
                "opened": tuple(opened[row["intent_id"]]),
            }
        )
        for row in reversed(rows)
    ]


_OPENED = ("slug", "locale", "seconds", "verdict")


def _opened(found: Select[Any]) -> Select[Any]:
    """Articles of the intents of these questions that were opened before a ticket, or said not to help."""
    theirs = found.with_only_columns(intents.c.intent_id)
    rejected = intent_articles.c.verdict == NOT_SOLVED
    useless = or_(intents.c.outcome.in_(SENT), intents.c.taken_back, rejected)
    return (
        select(intent_articles.c.intent_id, *(intent_articles.c[name] for name in _OPENED))
        .join(intents, intents.c.intent_id == intent_articles.c.intent_id)
        .where(intent_articles.c.opened, useless, intents.c.intent_id.in_(theirs))
        .order_by(intent_articles.c.seconds.desc(), intent_articles.c.slug)
    )


def _failed() -> ColumnElement[bool]:
    unanswered = intent_questions.c.answered.is_(False)
    theirs = intent_articles.c.intent_id == intents.c.intent_id
    rejected = exists().where(theirs, intent_articles.c.verdict == NOT_SOLVED).correlate(intents)
    return and_(
        intents.c.traffic == "person",
        queries.c.text != "",
        or_(
            and_(intents.c.outcome.in_(SENT), or_(unanswered, intents.c.held_out.is_(False))),
            and_(intents.c.outcome.in_(LEFT), or_(unanswered, rejected)),
        ),
    )
