"""A period cut into whole days, which are tallied, and what is left at its ends, which is counted.

Final are intents that began before `final`, so long ago that no ticket can take them back any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, literal, select

from kb.store.tables import article_days, intent_days, intents
from kb.store.tallies import count_articles, count_intents

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Intents that began in [since, until); those that began at `final` or later are provisional."""

    since: datetime
    until: datetime
    final: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a period: `whole` days, or less than one; all of it final or none."""

    since: datetime
    until: datetime
    whole: bool
    final: bool


def pieces(period: Period) -> Iterator[Piece]:
    """The period cut at midnights (UTC) and where provisional intents begin."""
    inner = [
        midnight for moment in (period.since, period.final, period.until) for midnight in _midnights(moment)
    ]
    cuts = {min(max(cut, period.since), period.until) for cut in (*inner, period.final)}
    for since, until in pairwise(sorted({period.since, period.until, *cuts})):
        whole = since in _midnights(since) and until in _midnights(until)
        yield Piece(since, until, whole, until <= period.final)


def intents_in(piece: Piece) -> Select[Any]:
    """Rows like those of `intent_days`, and whether they are final."""
    final = literal(piece.final).label("final")
    if not piece.whole:
        i = intents.c
        return count_intents(and_(i.started_at >= piece.since, i.started_at < piece.until)).add_columns(final)
    return select(intent_days, final).where(*_days(intent_days.c.day, piece))


def articles_in(piece: Piece) -> Select[Any]:
    i = intents.c
    if not piece.whole:
        return count_articles(and_(i.started_at >= piece.since, i.started_at < piece.until))
    return select(article_days).where(*_days(article_days.c.day, piece))


def _days(day: ColumnElement[str], piece: Piece) -> tuple[ColumnElement[bool], ...]:
    since, until = (moment.astimezone(UTC).date().isoformat() for moment in (piece.since, piece.until))
    return day >= since, day < until


def _midnights(moment: datetime) -> tuple[datetime, datetime]:
    """The one before or at this moment, and the one after or at it."""
    before = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return before, before if before == moment else before + DAY
