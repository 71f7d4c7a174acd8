"""Statements about learned questions, and about the solves and tickets they are learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, select, union_all

from kb.store.canary import CANARY
from kb.store.store import Store
from kb.store.tables import events, learned_questions, queries, sessions, tickets

ACTIVE = "active"
REVOKED = "revoked"
SOLVED = "solved"
FILE = "file"
# What decided when no person did.
BY_TICKETS = "tickets"
# The newest count: more would take long to encode and teach little.
NEWEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedRow:
    """A question learned for an article.

    `persons` found it answered (0 for one from a file only); `decided_by` is who revoked or restored it,
    None as long as nobody has.
    """

    question: str
    slug: str
    locale: str
    source: str
    persons: int
    at: datetime
    status: str = ACTIVE
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def learned_id(self) -> str:
        """Short enough to type, the same for the same question and article."""
        return sha256(f"{self.locale}/{self.slug}\n{self.question}".encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedRow:
    """A `solved` event with its question; `person` is the session where no person is known."""

    person: str
    question: str
    slug: str
    suggestions: tuple[tuple[str, str], ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedRow:
    """A ticket or `submitted` event; question and suggestions are empty when none was asked before."""

    person: str
    question: str
    suggestions: tuple[tuple[str, str], ...]
    at: datetime


def read_solved(store: Store) -> list[SolvedRow]:
    """The newest solves whose question and article are known, oldest first."""
    person = func.coalesce(sessions.c.person, events.c.session_id)
    found = (
        select(
            person,
            queries.c.text,
            events.c.slug,
            queries.c.suggestions,
            events.c.at,
            events.c.received_at,
        )
        .join(queries, queries.c.query_id == events.c.query_id)
        .join(sessions, sessions.c.session_id == events.c.session_id)
        .where(
            events.c.type == "solved", events.c.slug != "", func.coalesce(sessions.c.traffic, "") != CANARY
        )
        .order_by(events.c.at.desc())
        .limit(NEWEST)
    )
    with store.reading() as connection:
        rows = connection.execute(found).all()
    return [
        # A browser's clock may run ahead; a ticket that followed must not seem to come first.
        SolvedRow(
            person=person, question=text, slug=slug, suggestions=_pairs(suggestions), at=min(at, received)
        )
        for person, text, slug, suggestions, at, received in reversed(rows)
    ]


def read_submitted(store: Store) -> list[SubmittedRow]:
    """The newest tickets and submissions, oldest first; what a held-out person asked was not shown."""
    sent = union_all(
        _submission(tickets.c.person, tickets.c.session_id, tickets.c.query_id, tickets.c.created_at),
        _submission(null(), events.c.session_id, events.c.query_id, events.c.at).where(
            events.c.type == "submitted"
        ),
    ).subquery()
    person = func.coalesce(sent.c.person, sessions.c.person, sent.c.session_id)
    shown = queries.c.held_out.is_(False)
    found = (
        select(person, queries.c.text, queries.c.suggestions, sent.c.at)
        .outerjoin_from(sent, sessions, sessions.c.session_id == sent.c.session_id)
        .outerjoin(queries, (queries.c.query_id == sent.c.query_id) & shown)
        .where(person.is_not(None))
        .order_by(sent.c.at.desc())
        .limit(NEWEST)
    )
    with store.reading() as connection:
        rows = connection.execute(found).all()
    return [
        SubmittedRow(person=person, question=text or "", suggestions=_pairs(suggestions or []), at=at)
        for person, text, suggestions, at in reversed(rows)
    ]


def _submission(
    person: ColumnElement[Any], session: ColumnElement[Any], query: ColumnElement[Any], at: ColumnElement[Any]
) -> Select[Any]:
    return select(
        person.label("person"), session.label("session_id"), query.label("query_id"), at.label("at")
    )


def _pairs(suggestions: Sequence[Sequence[Any]]) -> tuple[tuple[str, str], ...]:
    """(locale, slug) of each."""
    return tuple((locale, slug) for slug, locale, *_ in suggestions)


def read_learned(store: Store) -> list[LearnedRow]:
    """All, by article, the most agreed on first."""
    order = (
        learned_questions.c.locale,
        learned_questions.c.slug,
        learned_questions.c.persons.desc(),
        learned_questions.c.question,
    )
    columns = [column for column in learned_questions.c if column.name != "learned_id"]
    with store.reading() as connection:
        return [LearnedRow(**row) for row in connection.execute(select(*columns).order_by(*order)).mappings()]


def keep_learned(store: Store, rows: Sequence[LearnedRow]) -> None:
    """Writes new ones; of those kept already only the number of persons changes."""
    if not rows:
        return
    new = store.insert(learned_questions)
    upsert = new.on_conflict_do_update(
        index_elements=["learned_id"], set_={"persons": new.excluded.persons, "source": new.excluded.source}
    )
    with store.writing() as connection:
        connection.execute(upsert, [asdict(row) | {"learned_id": row.learned_id} for row in rows])


def decide_learned(store: Store, ids: Sequence[str], status: str, by: str, at: datetime) -> None:
    """Revokes or restores; ids that are not there are passed over."""
    changed = learned_questions.update().where(learned_questions.c.learned_id.in_(ids))
    with store.writing() as connection:
        connection.execute(changed.values(status=status, decided_by=by, decided_at=at))


def forget_learned(store: Store, ids: Sequence[str]) -> None:
    """Takes out those that nobody agrees on any more."""
    with store.writing() as connection:
        connection.execute(learned_questions.delete().where(learned_questions.c.learned_id.in_(ids)))
