"""What people said did not help them, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select

from kb.store.periods import Period
from kb.store.store import Store
from kb.store.tables import events, intent_articles, intent_questions, intents
from kb.store.tallies import PERSON

NOT_SOLVED = "not_solved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """In how many intents people ended by saying that an article did not help; `reasons`, the code of each
    reason that some gave -> in how many, the most often given first.
    """

    count: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def find_doubts(store: Store, period: Period) -> dict[tuple[str, str], Doubts]:
    """(locale, slug) -> the final intents of people, of those still kept, whose verdict on it was that."""
    a, e = intent_articles.c, events.c
    doubted = (
        select(a.locale, a.slug, func.count())
        .join(intents, intents.c.intent_id == a.intent_id)
        .where(*_doubted(period))
        .group_by(a.locale, a.slug)
    )
    reason = e.detail["reason"].as_string()
    times = func.count(a.intent_id.distinct())
    given = (
        select(a.locale, a.slug, reason, times)
        .join(intents, intents.c.intent_id == a.intent_id)
        .join(intent_questions, intent_questions.c.intent_id == a.intent_id)
        .join(events, (e.query_id == intent_questions.c.query_id) & (e.slug == a.slug))
        .where(*_doubted(period), e.type == NOT_SOLVED, reason.is_not(None))
        .group_by(a.locale, a.slug, reason)
        .order_by(times.desc(), reason)
    )
    reasons: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    with store.reading() as connection:
        for locale, slug, code, count in connection.execute(given):
            reasons[locale, slug][code] = count
        return {
            (locale, slug): Doubts(count=count, reasons=reasons[locale, slug])
            for locale, slug, count in connection.execute(doubted)
        }


def _doubted(period: Period) -> tuple[ColumnElement[bool], ...]:
    i = intents.c
    return (
        intent_articles.c.verdict == NOT_SOLVED,
        i.traffic == PERSON,
        i.started_at >= period.since,
        i.started_at < min(period.until, period.final),
    )
