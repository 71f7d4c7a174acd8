"""Taking a ticket in: nothing is redacted, nothing is lost, a repeat is the same ticket."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from kb.errors import TicketRejected
from kb.store.store import Store
from kb.store.tickets import TicketFile, TicketRow, keep_ticket

Urgency = Literal["low", "normal", "high", "urgent"]

ID_CHARS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is misread or misheard."""
ID_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a customer sent. `shown` and `opened` are slugs; `session_id` leads to what was asked.

    `person` is the keyed hash of whom the page named, else of the address, `sender` that of the address.
    """

    email: str
    message: str
    subject: str | None = None
    urgency: Urgency | None = None
    locale: str | None = None
    page_url: str | None = None
    session_id: str | None = None
    query_id: str | None = None
    person: str | None = None
    sender: str | None = None
    shown: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """How many files a ticket may carry, and how large each, in bytes."""

    files: int
    file_bytes: int


def check_files(files: Sequence[TicketFile], limits: FileLimits) -> None:
    """Raises TicketRejected, naming the file, when a ticket carries more than it may."""
    if len(files) > limits.files:
        raise TicketRejected(f"files: {len(files)} sent, at most {limits.files} may go with a ticket")
    for file in files:
        if len(file.content) > limits.file_bytes:
            raise TicketRejected(
                f"files: {file.name} has {len(file.content)} bytes, at most {limits.file_bytes} are accepted"
            )


def take(store: Store, ticket: Ticket, *, files: Sequence[TicketFile], key: str | None) -> str:
    """Keeps a ticket, its files and its place in the outbox in one transaction; gives its id.

    The same from the same sender under the same `key` gives the id of the first. Raises TicketRejected for
    another ticket under that key, StoreError when it is not kept.
    """
    row = TicketRow(
        ticket_id="T-" + "".join(secrets.choice(ID_CHARS) for _ in range(ID_LENGTH)),
        idempotency_key=key,
        created_at=datetime.now(UTC),
        email=ticket.email,
        message=ticket.message,
        subject=ticket.subject,
        urgency=ticket.urgency,
        locale=ticket.locale,
        page_url=ticket.page_url,
        session_id=ticket.session_id,
        query_id=ticket.query_id,
        person=ticket.person,
        sender=ticket.sender,
        shown=ticket.shown,
        opened=ticket.opened,
    )
    return keep_ticket(store, row, files)
