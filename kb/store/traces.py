"""Where one person left something: what leads to it for certain, and what pages only said.

A page says in plain words who its customer is, and anybody can say anything. So an address leads to the
tickets that came from it and the sessions they were written in, a session to itself; names that only stand
beside these are listed, and followed when somebody who can tell says that they are the same person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from kb.store.chunks import chunks
from kb.store.tables import person_links, queries, sessions, tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """One person: `session` is an id without its signature, `sender` the keyed hash of `email`; `names` are
    keyed hashes that are known to be the same person's.
    """

    session: str | None = None
    email: str | None = None
    sender: str | None = None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Ids of what one person left; `names` are keyed hashes, `links` those whose link is about the person."""

    names: frozenset[str]
    links: frozenset[str]
    sessions: frozenset[str]
    tickets: frozenset[str]
    queries: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A name that was said beside a person's tickets or sessions, and what else was asked under it."""

    name: str
    sessions: int
    first_seen: datetime
    last_seen: datetime


def find_traces(connection: Connection, who: Who) -> Traces:
    """All that is a person's."""
    written = _written(connection, who)
    # With what the tickets keep: it was made with the secret of the time.
    senders = _some(who.sender, *(one.sender for one in written if who.email))
    names = who.names | senders
    own = _some(who.session, *(one.session_id for one in written if who.email))
    own |= set(_column(connection, sessions.c.session_id, sessions.c.person, names))
    links = names | set(_column(connection, person_links.c.alias, person_links.c.person, senders))
    return Traces(
        names=names,
        links=links,
        sessions=own,
        tickets=frozenset(one.ticket_id for one in written),
        queries=frozenset(_column(connection, queries.c.query_id, queries.c.session_id, own)),
    )


def find_linked(connection: Connection, who: Who) -> list[Linked]:
    """Names beside a person's own that lead to more sessions, the most of them first."""
    traces = find_traces(connection, who)
    beside = traces.links | _some(*(one.person for one in _written(connection, who)))
    beside |= _some(*_column(connection, sessions.c.person, sessions.c.session_id, traces.sessions))
    s = sessions.c
    found: list[Linked] = []
    for name in sorted(beside - traces.names):
        every = connection.execute(select(s.session_id, s.first_seen, s.last_seen).where(s.person == name))
        if rest := [row for row in every if row.session_id not in traces.sessions]:
            first, last = min(row.first_seen for row in rest), max(row.last_seen for row in rest)
            found.append(Linked(name=name, sessions=len(rest), first_seen=first, last_seen=last))
    return sorted(found, key=lambda one: -one.sessions)


def _written(connection: Connection, who: Who) -> list[Row[Any]]:
    """The tickets of the address, or else those written in the session: the address of one was never checked,
    and leads to no others.
    """
    t = tickets.c
    found: Select[Any] = select(t.ticket_id, t.session_id, t.person, t.sender, t.email)
    if who.email is None:
        return list(connection.execute(found.where(t.session_id == who.session)))
    # Compared here, since SQLite knows capitals of ASCII only.
    address = who.email.casefold()
    return [one for one in connection.execute(found).all() if one.email.casefold() == address]


def _some(*values: str | None) -> frozenset[str]:
    return frozenset(value for value in values if value)


def _column(
    connection: Connection, wanted: ColumnElement[Any], key: ColumnElement[Any], values: Iterable[str]
) -> Iterator[Any]:
    for chunk in chunks(list(values)):
        yield from connection.execute(select(wanted).where(key.in_(chunk))).scalars()
