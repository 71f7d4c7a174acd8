"""Statements that keep tickets, their files and their place in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from kb.errors import TicketRejected
from kb.store.persons import Written, note_writer
from kb.store.store import Store
from kb.store.tables import outbox, ticket_files, tickets

WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFile:
    """A file that goes with a ticket."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """A ticket as kept: word for word. `session_id` and `query_id` lead to what was asked before.

    `person` is the keyed hash of whom the page named, else of the address, `sender` that of the address.
    """

    ticket_id: str
    idempotency_key: str | None
    created_at: datetime
    email: str
    message: str
    subject: str | None = None
    urgency: str | None = None
    locale: str | None = None
    page_url: str | None = None
    session_id: str | None = None
    query_id: str | None = None
    person: str | None = None
    sender: str | None = None
    shown: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()


def keep_ticket(store: Store, ticket: TicketRow, files: Sequence[TicketFile]) -> str:
    """The id of the ticket now kept: this one's, or that of the same one sent before with this key.

    Raises TicketRejected where the sender's key came with another ticket: it would be lost without a word.
    """
    with store.writing() as connection:
        new = store.insert(tickets).on_conflict_do_nothing(index_elements=["email", "idempotency_key"])
        kept = connection.execute(new.returning(tickets.c.ticket_id), _ticket_values(ticket)).scalar()
        if kept is None:
            return _sent_before(connection, ticket, files)
        for position, file in enumerate(files):
            values = {"name": file.name, "content_type": file.content_type, "content": file.content}
            connection.execute(
                ticket_files.insert(), {"ticket_id": ticket.ticket_id, "position": position} | values
            )
        note_writer(
            store,
            connection,
            Written(
                at=ticket.created_at,
                session_id=ticket.session_id,
                person=ticket.person,
                sender=ticket.sender,
            ),
        )
        waiting = {"state": WAITING, "attempts": 0, "next_at": ticket.created_at}
        connection.execute(outbox.insert(), {"ticket_id": ticket.ticket_id} | waiting)
        return ticket.ticket_id


def _sent_before(connection: Connection, ticket: TicketRow, files: Sequence[TicketFile]) -> str:
    """What the page knows may differ by the time of a repeat; what the customer wrote may not."""
    key = (tickets.c.email == ticket.email) & (tickets.c.idempotency_key == ticket.idempotency_key)
    first = connection.execute(select(tickets).where(key)).one()
    same_file = ticket_files.c.ticket_id == first.ticket_id
    columns = (ticket_files.c.name, ticket_files.c.content)
    kept = connection.execute(select(*columns).where(same_file).order_by(ticket_files.c.position)).all()
    sent = [(file.name, file.content) for file in files]
    if _written(first) != _written(ticket) or [tuple(row) for row in kept] != sent:
        raise TicketRejected("Idempotency-Key: it came with another ticket before; send each with its own")
    return str(first.ticket_id)


def _written(ticket: TicketRow | Row[Any]) -> tuple[str | None, ...]:
    return ticket.subject, ticket.message, ticket.urgency


def _ticket_values(ticket: TicketRow) -> dict[str, object]:
    names = [column.name for column in tickets.columns]
    return {name: getattr(ticket, name) for name in names} | {
        "shown": list(ticket.shown),
        "opened": list(ticket.opened),
    }
