"""Statements about everything that is kept of one person: found, exported, erased.

A person is a session, or the sender of tickets; with it go all names that nobody else goes by. A name
that wrote tickets under several addresses (a shared computer) stands for itself and leads to no more.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from kb.store.chunks import chunks
from kb.store.store import Store
from kb.store.tables import (
    events,
    gap_questions,
    intent_articles,
    intent_questions,
    intents,
    outbox,
    person_links,
    queries,
    sessions,
    ticket_files,
    tickets,
)
from kb.store.wordings import erase_wordings, gaps_with, lower_counts, wordings_of

Kept = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """One person: `session` is an id without its signature, `sender` the keyed hash of `email`."""

    session: str | None = None
    email: str | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """Where one person left something; `names` are keyed hashes."""

    names: frozenset[str]
    sessions: frozenset[str]
    tickets: frozenset[str]
    queries: frozenset[str]


def export_person(store: Store, who: Who) -> Kept:
    """Every row about a person, by table; a file's content in base64."""
    with store.reading() as connection:
        traces = _find(connection, who)
        kept = {
            table.name: list(_rows(connection, table, condition, ids))
            for table, condition, ids in _places(traces)
        }
        return kept | {"learned_questions": wordings_of(connection, traces.sessions, traces.queries)}


def erase_person(store: Store, who: Who, least_persons: int = 2) -> dict[str, int]:
    """Deletes all of it for good; says how many rows of each table went. One transaction.

    A gap that fewer than `least_persons` are left in is not shown any more.
    """
    with store.erasing() as connection:
        traces = _find(connection, who)
        asked_in = gaps_with(connection, traces.queries)
        deleted = {"wordings": erase_wordings(connection, traces.sessions, traces.queries)}
        for table, column, ids in _places(traces):
            counts = [
                connection.execute(table.delete().where(column.in_(chunk))).rowcount for chunk in chunks(ids)
            ]
            deleted[table.name] = deleted.get(table.name, 0) + sum(counts)
        lower_counts(connection, asked_in, least_persons)
    store.empty_journal()
    return deleted


def count_person(store: Store, who: Who) -> dict[str, int]:
    """How many rows of each table are about a person."""
    counts: dict[str, int] = {}
    with store.reading() as connection:
        traces = _find(connection, who)
        for table, column, ids in _places(traces):
            counted = [
                connection.execute(
                    select(func.count()).select_from(table).where(column.in_(chunk))
                ).scalar_one()
                for chunk in chunks(ids)
            ]
            counts[table.name] = sum(counted)
        return counts | {"wordings": len(wordings_of(connection, traces.sessions, traces.queries))}


def _places(traces: _Traces) -> list[tuple[Table, ColumnElement[Any], Collection[str]]]:
    """Tables with what leads to a person in them, what refers to something before it."""
    return [
        (gap_questions, gap_questions.c.query_id, traces.queries),
        (intent_questions, intent_questions.c.query_id, traces.queries),
        (intent_articles, intent_articles.c.intent_id, traces.queries),
        (intents, intents.c.session_id, traces.sessions),
        (events, events.c.session_id, traces.sessions),
        (queries, queries.c.session_id, traces.sessions),
        (sessions, sessions.c.session_id, traces.sessions),
        (ticket_files, ticket_files.c.ticket_id, traces.tickets),
        (outbox, outbox.c.ticket_id, traces.tickets),
        (tickets, tickets.c.ticket_id, traces.tickets),
        (person_links, person_links.c.alias, traces.names),
    ]


def _find(connection: Connection, who: Who) -> _Traces:
    """All that is a person's: from the session or address to names, from names to sessions and tickets."""
    own = {who.session} - {None}
    names = {who.sender} - {None}
    names |= set(_column(connection, sessions.c.person, sessions.c.session_id, own))
    names = _aliases(connection, names)
    if who.email:
        mail = func.lower(tickets.c.email) == who.email.lower()
        written = connection.execute(select(tickets.c.session_id, tickets.c.person).where(mail)).all()
        shared = _shared(connection, {person for _, person in written if person})
        names |= {person for _, person in written if person} - shared
        own |= {session for session, _ in written if session}
    known = {name for name in names if name}
    asked = {*own, *_column(connection, sessions.c.session_id, sessions.c.person, known)}
    sent = _tickets(connection, known, {one for one in own if one}, who.email)
    ids = {one for one in asked if one}
    return _Traces(
        names=frozenset(known),
        sessions=frozenset(ids),
        tickets=frozenset(sent),
        queries=frozenset(_column(connection, queries.c.query_id, queries.c.session_id, ids)),
    )


def _aliases(connection: Connection, names: Collection[str | None]) -> set[str | None]:
    """The senders that names stand for, and the other names of these."""
    known = {name for name in names if name}
    senders = known | set(_column(connection, person_links.c.person, person_links.c.alias, known))
    senders -= _shared(connection, known)
    return {*senders, *_column(connection, person_links.c.alias, person_links.c.person, senders)}


def _shared(connection: Connection, names: Collection[str]) -> set[str]:
    """Names that several senders wrote under."""
    itself = person_links.c.alias == person_links.c.person
    return {
        alias
        for chunk in chunks(names)
        for alias in connection.execute(
            select(person_links.c.alias).where(itself, person_links.c.alias.in_(chunk))
        ).scalars()
    }


def _tickets(
    connection: Connection, names: Collection[str], own: Collection[str], email: str | None
) -> set[str]:
    """Of the sender, of a name, or written in a session; one under another address is another person's."""
    found = set(_column(connection, tickets.c.ticket_id, tickets.c.sender, names))
    if email:
        mail = func.lower(tickets.c.email) == email.lower()
        return found | set(connection.execute(select(tickets.c.ticket_id).where(mail)).scalars())
    found |= set(_column(connection, tickets.c.ticket_id, tickets.c.person, names))
    return found | set(_column(connection, tickets.c.ticket_id, tickets.c.session_id, own))


def _column(
    connection: Connection, wanted: ColumnElement[Any], key: ColumnElement[Any], values: Iterable[str | None]
) -> Iterator[Any]:
    for chunk in chunks([value for value in values if value]):
        yield from connection.execute(select(wanted).where(key.in_(chunk))).scalars()


def _rows(
    connection: Connection, table: Table, column: ColumnElement[Any], ids: Collection[str]
) -> Iterator[dict[str, Any]]:
    for chunk in chunks(ids):
        for row in connection.execute(select(table).where(column.in_(chunk))).mappings():
            yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value
