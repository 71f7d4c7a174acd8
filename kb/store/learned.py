"""Statements about learned questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from kb.store.store import Store
from kb.store.tables import learned_questions

ACTIVE = "active"
REVOKED = "revoked"
SOLVED = "solved"
FILE = "file"
# What decided when no person did.
BY_TICKETS = "tickets"


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
