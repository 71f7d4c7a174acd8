"""Solves and tickets that questions are learned from, as the visits they belong to were settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, and_, func, select

from kb.store.canary import CANARY
from kb.store.store import Store
from kb.store.tables import events, intent_articles, intent_questions, intents, queries, sessions
from kb.store.tallies import PERSON, SENT

SOLVED: Final = "solved"
CONFIRMED: Final = "confirmed"
SEARCH: Final = "search"
NEWEST: Final = 20_000
"""More would take long to encode and teach little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedRow:
    """A `solved` event with its question; `person` is the session where no person is known.

    `stands`: as settled, a customer's visit was confirmed by it, and nothing said or sent later took it back.
    """

    person: str
    question: str
    slug: str
    suggestions: tuple[tuple[str, str], ...]
    at: datetime
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedRow:
    """A settled question of a customer who wrote a ticket in the same visit, with what was suggested."""

    person: str
    question: str
    suggestions: tuple[tuple[str, str], ...]


def read_solved(store: Store) -> list[SolvedRow]:
    """The newest solves whose question and article are known, oldest first."""
    newest = _newest_solved()
    e, q = newest.c, queries.c
    confirmed = and_(
        intents.c.intent_id == _intent_of(e.session_id, q.at),
        intents.c.traffic == PERSON,
        intents.c.outcome == CONFIRMED,
        intents.c.taken_back.is_(False),
        q.purpose == "form",
    )
    said = and_(
        intent_articles.c.intent_id == intents.c.intent_id,
        intent_articles.c.slug == e.slug,
        intent_articles.c.verdict == SOLVED,
    )
    person = func.coalesce(intents.c.person, e.session_id)
    found = (
        select(person, q.text, e.slug, q.suggestions, q.at, intent_articles.c.verdict)
        .join_from(newest, queries, q.query_id == e.query_id)
        .outerjoin(intents, confirmed)
        .outerjoin(intent_articles, said)
        .order_by(e.received_at, e.event_id)
    )
    with store.reading() as connection:
        return [
            SolvedRow(
                person=person,
                question=text,
                slug=slug,
                suggestions=_pairs(suggestions),
                at=at,
                stands=verdict is not None,
            )
            for person, text, slug, suggestions, at, verdict in connection.execute(found)
        ]


def _newest_solved() -> Subquery:
    e = events.c
    theirs = func.coalesce(sessions.c.traffic, "") != CANARY
    return (
        select(e.event_id, e.session_id, e.query_id, e.slug, e.received_at)
        .join(sessions, sessions.c.session_id == e.session_id)
        .where(e.type == SOLVED, e.slug != "", theirs)
        .order_by(e.received_at.desc(), e.event_id.desc())
        .limit(NEWEST)
        .subquery()
    )


def _intent_of(session: ColumnElement[Any], at: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The visit to a form that a state of its field belongs to."""
    i = intents.alias().c
    visits = select(i.intent_id).where(i.session_id == session, i.started_at <= at, i.traffic != SEARCH)
    return visits.order_by(i.started_at.desc()).limit(1).scalar_subquery()


def read_submitted(store: Store) -> list[SubmittedRow]:
    """Of the newest visits that led to tickets, oldest first; a held-out person was shown nothing."""
    i, q = intents.c, queries.c
    found = (
        select(i.person, q.text, q.suggestions)
        .join_from(intents, intent_questions, intent_questions.c.intent_id == i.intent_id)
        .join(queries, q.query_id == intent_questions.c.query_id)
        .where(i.traffic == PERSON, i.outcome.in_(SENT), q.held_out.is_(False))
        .order_by(i.started_at.desc(), q.query_id.desc())
        .limit(NEWEST)
    )
    with store.reading() as connection:
        rows = connection.execute(found).all()
    return [
        SubmittedRow(person=person, question=text, suggestions=_pairs(suggestions))
        for person, text, suggestions in reversed(rows)
    ]


def _pairs(suggestions: Sequence[Sequence[Any]]) -> tuple[tuple[str, str], ...]:
    """(locale, slug) of each."""
    return tuple((locale, slug) for slug, locale, *_ in suggestions)
