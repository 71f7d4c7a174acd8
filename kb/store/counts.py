"""How much of what there is: cheap counts for whoever watches the service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from kb.store.store import Store
from kb.store.tables import gaps, outbox, tickets
from kb.store.tickets import WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Tickets in the outbox by state; gaps by status, without those merged, off topic or without questions.

    `oldest_waiting` is when the ticket that waits longest was sent; None when none waits.
    """

    outbox: dict[str, int]
    oldest_waiting: datetime | None
    gaps: dict[str, int]


def count(store: Store) -> Counts:
    """Raises StoreError."""
    queue = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    oldest = (
        select(func.min(tickets.c.created_at))
        .join(outbox, outbox.c.ticket_id == tickets.c.ticket_id)
        .where(outbox.c.state == WAITING)
    )
    listed = select(gaps.c.status, func.count()).where(
        gaps.c.merged_into.is_(None), gaps.c.off_topic.is_(False), gaps.c.persons > 0
    )
    with store.reading() as connection:
        return Counts(
            outbox=_by(connection, queue),
            oldest_waiting=connection.execute(oldest).scalar(),
            gaps=_by(connection, listed.group_by(gaps.c.status)),
        )


def _by(connection: Connection, counted: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(counted)}
