"""Who asks the same once a gap is published, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from kb.index.encoded import Encoded
from kb.search.engine import Engine
from kb.store.asked_since import AnsweredRow, read_answered_since
from kb.store.gaps import PUBLISHED, VERIFIED, DecisionRow, GapRow
from kb.store.persons import TAKEN_BACK
from kb.store.store import Store
from kb.store.unhelped import UnhelpedRow
from kb.usage.replay import Key
from kb.usage.verification import Since

ALIKE: Final = 0.28
"""Likeness to a gap's nearest question from which on a question that finds its article is one of them: that
from which on a notice is shown for a question (search_api/notices.py)."""
COMPARED: Final = 500


@dataclass(kw_only=True)
class NextPeople:
    """Of all `gaps` that are published or verified; `questions` are those of a gap, oldest first."""

    store: Store
    engine: Engine
    encoded: Encoded
    gaps: Sequence[GapRow]
    decisions: Mapping[int, Sequence[DecisionRow]]
    questions: Callable[[int], Sequence[UnhelpedRow]]
    now: datetime
    likest: dict[str, set[int]] = field(default_factory=dict)

    def since(self, gap: GapRow, articles: Sequence[Key]) -> Since:
        """Who asked what these articles answer since the gap is judged by it."""
        start = self.start(gap)
        if start is None:
            return Since()
        unhelped = [one for one in self.questions(gap.gap_id) if one.at >= start]
        asked: list[AnsweredRow | UnhelpedRow] = [*unhelped, *self.alike(gap, articles, start)]
        over = [one for one in asked if one.at <= self.now - TAKEN_BACK]
        return Since(
            asked=_persons(asked),
            failed=_persons([*unhelped, *(one for one in asked if one.sent)]),
            final=_persons(over),
            sent=_persons(one for one in over if one.sent),
        )

    def start(self, gap: GapRow) -> datetime | None:
        """When it was published. A verified gap is judged by those who were provisional then and by whoever
        asks later: by all since it was published, an article gone wrong would be hidden by those it helped.
        """
        decided = self.decisions.get(gap.gap_id, ())
        if gap.status not in (PUBLISHED, VERIFIED) or not decided:
            return None
        if gap.status == PUBLISHED:
            return decided[-1].at
        published = [one.at for one in decided if one.status == PUBLISHED]
        return max([decided[-1].at - TAKEN_BACK, *published[-1:]])

    def alike(self, gap: GapRow, articles: Sequence[Key], start: datetime) -> list[AnsweredRow]:
        """Answered questions since then that were shown these articles and are like one of the gap's.

        Each counts for the gap it is likest to, as one that nothing answered would have joined only that.
        """
        rows = [one for one in self.answered if one.at >= start and set(one.shown) & set(articles)]
        rows = rows[:COMPARED]
        self.compare([one.text for one in rows])
        return [one for one in rows if gap.gap_id in self.likest[one.text]]

    def compare(self, texts: Sequence[str]) -> None:
        """Finds the published gaps that these questions are likest to; none of what is like none of them."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self.likest]
        if not fresh:
            return
        asked = self.encoded.vectors(fresh)
        likeness = {
            gap_id: self.engine.likeness(asked, self.encoded.vectors(wordings)).max(axis=1)
            for gap_id, wordings in self.wordings.items()
        }
        for place, text in enumerate(fresh):
            most = max([ALIKE, *(float(one[place]) for one in likeness.values())])
            self.likest[text] = {gap_id for gap_id, one in likeness.items() if one[place] >= most}

    @cached_property
    def watched(self) -> Sequence[GapRow]:
        return [gap for gap in self.gaps if gap.status in (PUBLISHED, VERIFIED)]

    @cached_property
    def wordings(self) -> Mapping[int, Sequence[str]]:
        """The newest wordings of the questions in each published gap that has some."""
        found = {gap.gap_id: [one.text for one in self.questions(gap.gap_id)] for gap in self.watched}
        return {gap_id: list(dict.fromkeys(texts))[-COMPARED:] for gap_id, texts in found.items() if texts}

    @cached_property
    def answered(self) -> list[AnsweredRow]:
        """What was answered since the first of the gaps is judged by it."""
        starts = [start for gap in self.watched if (start := self.start(gap))]
        return read_answered_since(self.store, min(starts)) if starts else []


def _persons(asked: Iterable[AnsweredRow | UnhelpedRow]) -> int:
    return len({one.person for one in asked})
