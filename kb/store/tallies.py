"""Intents counted by day, kept in step with the intents themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, not_, select

from kb.store.store import Store
from kb.store.tables import article_days, intent_articles, intent_days, intents

PERSON: Final = "person"
SENT: Final = ("submitted_after_reading", "submitted")


def tally(store: Store, connection: Connection, sessions: Sequence[str], *, away: bool = False) -> None:
    """Adds the intents of these sessions to the counts, or takes them away."""
    sign = -1 if away else 1
    theirs = intents.c.session_id.in_(sessions)
    for table, counted in (
        (intent_days, count_intents(theirs, sign)),
        (article_days, count_articles(theirs, sign)),
    ):
        new = store.insert(table).from_select([column.name for column in table.c], counted)
        keys = [column.name for column in table.primary_key]
        sums = {c.name: c + new.excluded[c.name] for c in table.c if c.name not in keys}
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_=sums))


def count_intents(where: ColumnElement[bool], sign: int = 1) -> Select[Any]:
    """Rows like those of `intent_days`."""
    i = intents.c
    locale, page = func.coalesce(i.locale, ""), func.coalesce(i.page, "")
    kinds = (i.day, i.traffic, i.outcome, i.offered, i.held_out, i.taken_back, i.known, locale, page)
    counts = (func.count(), func.count(i.effort), func.coalesce(func.sum(i.effort), 0))
    named = zip(("count", "efforts", "effort"), counts, strict=True)
    return (
        select(
            *kinds[:7],
            locale.label("locale"),
            page.label("page"),
            *((sign * n).label(name) for name, n in named),
        )
        .where(where)
        .group_by(*kinds)
    )


def count_articles(where: ColumnElement[bool], sign: int = 1) -> Select[Any]:
    """Rows like those of `article_days`: of people's intents only."""
    i, a = intents.c, intent_articles.c
    solved = and_(a.verdict == "solved", i.outcome == "confirmed", not_(i.taken_back))
    counts = {
        "offered": a.rank.is_not(None),
        "opened": a.opened,
        "solved": solved,
        "tickets": and_(a.read, i.outcome.in_(SENT)),
    }
    return (
        select(i.day, a.slug, a.locale, *((sign * times(one)).label(name) for name, one in counts.items()))
        .join(intent_articles, a.intent_id == i.intent_id)
        .where(where, i.traffic == PERSON)
        .group_by(i.day, a.slug, a.locale)
    )


def times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How often it holds."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
