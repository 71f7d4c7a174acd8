"""Statements about everything that is kept of one person: counted, exported, erased."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterator
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
from kb.store.traces import Linked, Traces, Who, find_linked, find_traces
from kb.store.wordings import (
    erase_empty,
    erase_wordings,
    forget_diagnosed,
    gaps_with,
    renew_gaps,
    wordings_of,
)

PersonRows = dict[str, list[dict[str, Any]]]


def export_person(store: Store, who: Who) -> PersonRows:
    """Every row about a person, by table; a file's content in base64."""
    with store.reading() as connection:
        traces = find_traces(connection, who)
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
        traces = find_traces(connection, who)
        asked_in = gaps_with(connection, traces.queries)
        deleted = {"wordings": erase_wordings(connection, traces.sessions, traces.queries)}
        for table, column, ids in _places(traces):
            counts = [
                connection.execute(table.delete().where(column.in_(chunk))).rowcount for chunk in chunks(ids)
            ]
            deleted[table.name] = deleted.get(table.name, 0) + sum(counts)
        erase_empty(connection, asked_in)
        forget_diagnosed(connection, asked_in)
        renew_gaps(connection, least_persons)
    store.empty_journal()
    return deleted


def count_person(store: Store, who: Who) -> dict[str, int]:
    """How many rows of each table are about a person."""
    counts: dict[str, int] = {}
    with store.reading() as connection:
        traces = find_traces(connection, who)
        for table, column, ids in _places(traces):
            counted = [
                connection.execute(
                    select(func.count()).select_from(table).where(column.in_(chunk))
                ).scalar_one()
                for chunk in chunks(ids)
            ]
            counts[table.name] = sum(counted)
        return counts | {"wordings": len(wordings_of(connection, traces.sessions, traces.queries))}


def linked_names(store: Store, who: Who) -> list[Linked]:
    """Names that may be the same person's, for somebody who can tell to say so."""
    with store.reading() as connection:
        return find_linked(connection, who)


def _places(traces: Traces) -> list[tuple[Table, ColumnElement[Any], Collection[str]]]:
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
        (person_links, person_links.c.alias, traces.links),
    ]


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
