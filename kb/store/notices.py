"""Statements about notices: what support pins above the suggestions while something is broken."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import or_, select

from kb.store.store import Store
from kb.store.tables import notices


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice to pin; without `questions` it is for everybody, without `until_at` until it is ended."""

    text: str
    by: str
    from_at: datetime
    url: str | None = None
    questions: tuple[str, ...] = ()
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(NewNotice):
    """A notice as kept."""

    notice_id: int

    def active(self, at: datetime) -> bool:
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


def pin_notice(store: Store, notice: NewNotice) -> int:
    """The number of the notice now kept."""
    with store.writing() as connection:
        values = asdict(notice) | {"questions": list(notice.questions)}
        new = notices.insert().values(**values).returning(notices.c.notice_id)
        number: int = connection.execute(new).scalar_one()
        return number


def end_notice(store: Store, notice_id: int, at: datetime) -> None:
    """Takes it down; one that is not there, or was over before, stays as it is."""
    lasts = or_(notices.c.until_at.is_(None), notices.c.until_at > at)
    ended = notices.update().where(notices.c.notice_id == notice_id, lasts).values(until_at=at)
    with store.writing() as connection:
        connection.execute(ended)


def read_notices(store: Store, *, since: datetime | None = None) -> list[Notice]:
    """All, the newest first; with `since` only those that were not over then."""
    found = select(notices).order_by(notices.c.notice_id.desc())
    if since:
        found = found.where(or_(notices.c.until_at.is_(None), notices.c.until_at > since))
    with store.reading() as connection:
        rows = connection.execute(found).mappings().all()
    return [Notice(**{**row, "questions": tuple(row["questions"])}) for row in rows]
