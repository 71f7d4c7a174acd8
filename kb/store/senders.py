"""Who writes tickets: an address, and the keyed hash that it was kept under."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from kb.store.store import Store
from kb.store.tables import tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """`key` is the hash of the address, made with the secret that its ticket was kept with."""

    email: str
    key: str


def newest_sender(store: Store) -> Sender | None:
    """Who wrote the newest ticket; None where nobody has."""
    t = tickets.c
    newest = select(t.email, t.sender).where(t.sender.is_not(None)).order_by(t.created_at.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(newest).first()
    return Sender(email=row.email, key=row.sender) if row else None
