"""Counts over settled intents, made by the database: a report never holds more than what it prints."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, func, not_, or_, select, union_all

from kb.store.periods import Period, articles_in, intents_in, pieces
from kb.store.store import Store
from kb.store.tables import intent_articles, intents
from kb.store.tallies import PERSON, SENT

PAGES: Final = 50
ARTICLES: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many intents are alike in all of this; `efforts` scores were given, `effort` their sum."""

    day: str
    traffic: str
    outcome: str
    offered: bool
    held_out: bool
    taken_back: bool
    known: bool
    locale: str
    final: bool
    count: int
    efforts: int
    effort: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounts:
    """Final intents that began on one page; `confirmed` and `assumed` without those taken back."""

    name: str
    intents: int
    offered: int
    confirmed: int
    assumed: int
    submitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCounts:
    """Final intents in which an article was offered, opened, solved it (not taken back), or was read before
    a ticket."""

    slug: str
    locale: str
    offered: int
    opened: int
    solved: int
    tickets: int


def cells(store: Store, period: Period) -> list[Cell]:
    """Intents by day and by everything that few values tell."""
    counted = union_all(*map(intents_in, pieces(period))).subquery()
    names = [one.name for one in fields(Cell)]
    kinds, counts = names[:-3], names[-3:]
    found = select(
        *(counted.c[name] for name in kinds), *(_total(counted.c[name]) for name in counts)
    ).group_by(*(counted.c[name] for name in kinds))
    with store.reading() as connection:
        rows = [Cell(**dict(zip(names, row, strict=True))) for row in connection.execute(found)]
    return [row for row in rows if row.count]


def page_counts(store: Store, period: Period) -> list[PageCounts]:
    """The pages most final intents of people began on."""
    c = union_all(*map(intents_in, pieces(period))).subquery().c

    def sums(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return _total(case((condition, c.count), else_=0))

    count, kept = _total(c.count), not_(c.taken_back)
    found = (
        select(
            c.page.label("name"),
            count.label("intents"),
            sums(c.offered).label("offered"),
            sums(and_(c.outcome == "confirmed", kept)).label("confirmed"),
            sums(and_(c.outcome == "assumed", kept)).label("assumed"),
            sums(c.outcome.in_(SENT)).label("submitted"),
        )
        .where(c.traffic == PERSON, c.final)
        .group_by(c.page)
        .having(count > 0)
        .order_by(count.desc(), c.page)
        .limit(PAGES)
    )
    with store.reading() as connection:
        return [PageCounts(**row) for row in connection.execute(found).mappings()]


def count_left_after_reading(store: Store, period: Period) -> int:
    """Final intents of people who read an article, said that it did not help, and left."""
    i, end = intents.c, min(period.until, period.final)
    read = exists().where(intent_articles.c.intent_id == i.intent_id, intent_articles.c.read)
    found = (
        select(func.count())
        .select_from(intents)
        .where(i.started_at >= period.since, i.started_at < end)
        .where(i.traffic == PERSON, i.outcome == "left", read)
    )
    with store.reading() as connection:
        return connection.execute(found).scalar_one()


def article_counts(store: Store, period: Period) -> list[ArticleCounts]:
    """By article, the most often offered first."""
    final = [articles_in(piece) for piece in pieces(period) if piece.final]
    if not final:
        return []
    c = union_all(*final).subquery().c
    names = [one.name for one in fields(ArticleCounts)][2:]
    offered = _total(c.offered)
    found = (
        select(c.slug, c.locale, *(_total(c[name]).label(name) for name in names))
        .group_by(c.slug, c.locale)
        .having(or_(offered > 0, _total(c.opened) > 0))
        .order_by(offered.desc(), c.slug, c.locale)
        .limit(ARTICLES)
    )
    with store.reading() as connection:
        return [ArticleCounts(**row) for row in connection.execute(found).mappings()]


def _total(column: ColumnElement[int]) -> ColumnElement[int]:
    """PostgreSQL makes decimals of the sums of sums."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)
