"""What there is to write next, as writers read it: the list of gaps, and one gap with all that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from kb.index.text import fold, words
from kb.store.gaps import (
    DISMISSED,
    VERIFIED,
    DecisionRow,
    GapRow,
    gap_questions_of,
    read_decisions,
    read_gap,
    read_gaps,
)
from kb.store.store import Store
from kb.store.unhelped import UnhelpedRow, count_single
from kb.usage.diagnosis import UNFINDABLE
from kb.usage.floor import PERSONS
from kb.usage.remedy import remedy_of

TO_ADD: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class GapReport:
    """Gaps in the order they should be written in, surges first.

    `gaps` are open, being drafted or published; `off_topic` are groups far from every article;
    `decided` are verified and dismissed ones; `hidden_singles` counts the questions that nobody else
    asked, which are not shown.
    """

    gaps: tuple[GapRow, ...]
    off_topic: tuple[GapRow, ...]
    decided: tuple[GapRow, ...]
    hidden_singles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedHow:
    """One wording of a gap's question: how many asked it so, how many people, and when last."""

    text: str
    count: int
    persons: int
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GapDetail:
    """A gap with all that is known of it.

    `questions` are the most frequent wording first; `locales` and `pages` count questions (None is
    unknown); `trend` has a count for every day from the first to the last; `tickets` is how many of its
    people wrote one. `why` says in a sentence why the nearest article failed, `remedy` what to do.
    `nearest` is (locale, slug) with its title, `confidence` the mean it reached; `to_add` are wordings worth
    adding to the `questions` of an article that is not found.
    """

    gap: GapRow
    questions: tuple[AskedHow, ...]
    locales: Mapping[str | None, int]
    pages: Mapping[str | None, int]
    trend: Mapping[date, int]
    tickets: int
    nearest: tuple[str, str] | None
    nearest_title: str
    confidence: float
    why: str
    remedy: str
    to_add: tuple[str, ...]
    decisions: tuple[DecisionRow, ...]


def gap_report(store: Store, least_persons: int = PERSONS) -> GapReport:
    """The list as of the last refresh; what fewer people than that asked is only counted."""
    every = [row for row in read_gaps(store) if row.persons]
    rows = [row for row in every if row.persons >= least_persons]
    few = sum(row.questions for row in every if row.persons < least_persons)
    decided = [row for row in rows if row.status in (DISMISSED, VERIFIED)]
    standing = [row for row in rows if row.status not in (DISMISSED, VERIFIED)]
    return GapReport(
        gaps=tuple(row for row in standing if not row.off_topic),
        off_topic=tuple(row for row in standing if row.off_topic),
        decided=tuple(decided),
        hidden_singles=count_single(store) + few,
    )


def gap_detail(store: Store, gap_id: int, least_persons: int = PERSONS) -> GapDetail | None:
    """One gap, or the one it was merged into; None if there is none that so many people asked about."""
    gap = read_gap(store, gap_id)
    if gap is None:
        return None
    asked = gap_questions_of(store, gap.gap_id)
    if asked:
        # As of now like all that follows, not as of the last refresh.
        gap = replace(gap, persons=len({one.person for one in asked}), questions=len(asked))
    if gap.persons < least_persons:
        return None
    wordings = _wordings(asked)
    found = gap.diagnosis
    article = found.get("article")
    return GapDetail(
        gap=gap,
        questions=wordings,
        locales=dict(Counter(one.locale for one in asked).most_common()),
        pages=dict(Counter(one.page for one in asked).most_common()),
        trend=_trend(asked),
        tickets=len({one.person for one in asked if one.sent}),
        nearest=(article[0], article[1]) if article else None,
        nearest_title=found.get("title", ""),
        confidence=found.get("confidence", 0.0),
        why=found.get("why", ""),
        remedy=remedy_of(gap),
        to_add=tuple(how.text for how in wordings[:TO_ADD]) if gap.kind == UNFINDABLE else (),
        decisions=tuple(read_decisions(store, gap.gap_id)),
    )


def _wordings(asked: Sequence[UnhelpedRow]) -> tuple[AskedHow, ...]:
    """Questions that differ in case, accents and signs only are one, worded as it was last."""
    alike: dict[str, list[UnhelpedRow]] = {}
    for one in asked:
        alike.setdefault(" ".join(words(fold(one.text))) or one.text, []).append(one)
    found = [
        AskedHow(
            text=rows[-1].text,
            count=len(rows),
            persons=len({one.person for one in rows}),
            last_seen=rows[-1].at,
        )
        for rows in alike.values()
    ]
    return tuple(sorted(found, key=lambda how: (-how.persons, -how.count, -how.last_seen.timestamp())))


def _trend(asked: Sequence[UnhelpedRow]) -> dict[date, int]:
    counts = Counter(one.at.date() for one in asked)
    if not counts:
        return {}
    first = min(counts)
    days = (max(counts) - first).days + 1
    return {day: counts[day] for day in (first + timedelta(days=n) for n in range(days))}
