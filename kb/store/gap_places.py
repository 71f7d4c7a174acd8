"""Where a gap's questions were asked: in which languages and on which pages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from kb.store.store import Store
from kb.store.tables import gap_questions, queries


@dataclass(frozen=True, slots=True, kw_only=True)
class GapPlaces:
    """The languages and pages of a gap's questions, as far as they are known."""

    locales: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)


def gap_places(store: Store) -> dict[int, GapPlaces]:
    """Of every gap, by its number; one without questions has no place."""
    found = (
        select(gap_questions.c.gap_id, queries.c.locale, queries.c.page)
        .join(queries, queries.c.query_id == gap_questions.c.query_id)
        .where(gap_questions.c.gap_id.is_not(None))
        .distinct()
    )
    places: dict[int, GapPlaces] = defaultdict(GapPlaces)
    with store.reading() as connection:
        for gap_id, locale, page in connection.execute(found):
            places[gap_id].locales.update({locale} - {None})
            places[gap_id].pages.update({page} - {None})
    return places
