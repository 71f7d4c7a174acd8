"""Gaps verified: their questions asked again of what is published, statuses changed, all of it kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from kb.index.encoded import Encoded
from kb.index.snapshot import PassageRow
from kb.search.engine import Engine
from kb.store.asked_since import AskedRow, read_answered_since
from kb.store.gaps import (
    DISMISSED,
    OPEN,
    PUBLISHED,
    VERIFIED,
    DecisionRow,
    GapRow,
    decide_gap,
    gap_questions_of,
    keep_replay,
    read_decisions,
    read_gaps,
)
from kb.store.published import changed_articles
from kb.store.store import Store
from kb.store.unhelped import UnhelpedRow
from kb.usage.published import remember_published
from kb.usage.replay import Asker, Key, Wording, wordings_of
from kb.usage.substance import says_something
from kb.usage.twins import Words, words_of
from kb.usage.verification import UNASKED, Replay, Since, Verdict, replayed, verdict

Floats = npt.NDArray[np.float32]

BY_ITSELF: Final = "selfhelp"
SAMPLED: Final = 10
"""So many wordings tell whether an open gap may have been closed; most have not."""
ALIKE: Final = 0.28
"""Likeness to a gap's nearest question from which on a question that finds its article is one of them: that
from which on a notice is shown for a question (search_api/notices.py)."""
COMPARED: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A gap that has a new status now."""

    gap_id: int
    status: str
    note: str


def verify_gaps(store: Store, engine: Engine, now: datetime, by: str = BY_ITSELF) -> list[Changed]:
    """Replays every gap that articles published since it opened may have closed. Raises NoSnapshot.

    Settle intents first: what became of the next people who ask is read from them.
    """
    remember_published(store, engine.searcher().snapshot.folder)
    gaps = gaps_in_question(store)
    if not gaps:
        return []
    with threadpool_limits(limits=1):
        run = _Run(store, engine, gaps)
        found = [(gap, run.verdict(gap)) for gap in gaps]
    return [
        Changed(gap_id=gap.gap_id, status=what.status, note=what.note)
        for gap, what in found
        if what and decide_gap(store, gap.gap_id, what.status, by, now, what.note, only_if=gap.status)
    ]


def gaps_in_question(store: Store) -> list[GapRow]:
    """Those that articles may close, or have closed."""
    return [gap for gap in read_gaps(store) if gap.persons and gap.status != DISMISSED]


class _Run:
    """One pass over the gaps."""

    def __init__(self, store: Store, engine: Engine, gaps: Sequence[GapRow]) -> None:
        self.store = store
        self.engine = engine
        self.snapshot = engine.searcher().snapshot
        self.encoded = Encoded(engine.encoder())
        self.changed = changed_articles(store)
        self.decisions: dict[int, list[DecisionRow]] = {gap.gap_id: [] for gap in gaps}
        for one in read_decisions(store):
            self.decisions.setdefault(one.gap_id, []).append(one)
        self.read: dict[int, Sequence[UnhelpedRow]] = {}
        self.likest: dict[str, set[int]] = {}
        self.watched = [gap for gap in gaps if gap.status in (PUBLISHED, VERIFIED)]

    def verdict(self, gap: GapRow) -> Verdict | None:
        counting = [key for key, at in self.changed.items() if at > self.opened_at(gap)]
        if gap.status == OPEN and not counting:
            return None
        asked = self.questions(gap.gap_id)
        replay = self.replay(gap, self.before(gap, asked), counting)
        return verdict(gap.status, replay, self.since(gap, asked, replay)) if replay else None

    def before(self, gap: GapRow, asked: Sequence[UnhelpedRow]) -> Sequence[UnhelpedRow]:
        """What was asked before the gap was published. Who asks later is one of the next people, and of these
        only those whom nothing helped come into the gap: replayed, they would count twice and others never.
        """
        published = [one.at for one in self.decisions[gap.gap_id] if one.status == PUBLISHED]
        if gap.status not in (PUBLISHED, VERIFIED) or not published:
            return asked
        return [one for one in asked if one.at < published[-1]]

    def opened_at(self, gap: GapRow) -> datetime:
        """When it last was opened: what was written before did not close it."""
        opened = [one.at for one in self.decisions[gap.gap_id] if one.status == OPEN]
        return max([gap.opened_at, *opened])

    def replay(self, gap: GapRow, asked: Sequence[UnhelpedRow], counting: Sequence[Key]) -> Replay | None:
        """As it is kept where nothing has changed; None for an open gap that is far from closed."""
        if not asked:
            return None
        opened = self.opened_at(gap).isoformat()
        basis = [self.snapshot.id, opened, asked[-1].query_id, len(asked)]
        if gap.replay.get("basis") == basis:
            return Replay.from_json(gap.replay)
        wordings = wordings_of(asked)
        if gap.status == OPEN and not gap.replay.get("asked"):
            first = self.replayed(wordings[-SAMPLED:], counting)
            if first.share < UNASKED:
                keep_replay(self.store, gap.gap_id, {"basis": basis})
                return None
        replay = self.replayed(wordings, counting)
        keep_replay(self.store, gap.gap_id, replay.as_json() | {"basis": basis})
        return replay

    def replayed(self, wordings: Sequence[Wording], counting: Sequence[Key]) -> Replay:
        found = self.asker.ask(wordings) if counting else [[]] * len(wordings)
        reached = {one.article for three in found for one in three} & set(counting)
        own = {key: self.named(key) for key in reached if self.says_something(key, wordings)}
        return replayed(wordings, found, own, self.engine.floor)

    def since(self, gap: GapRow, asked: Sequence[UnhelpedRow], replay: Replay) -> Since:
        """Who asked since the gap got its status."""
        decided = self.decisions[gap.gap_id]
        if gap.status not in (PUBLISHED, VERIFIED) or not decided:
            return Since()
        start = decided[-1].at
        failed = [one for one in asked if one.at >= start]
        alike = self.alike(gap, replay.articles, start)
        sent = {one.person for one in failed if one.sent} | {one.person for one in alike if one.sent}
        persons = {one.person for one in failed}
        return Since(asked=len(persons | {one.person for one in alike}), sent=len(sent), failed=len(persons))

    def alike(self, gap: GapRow, articles: Sequence[Key], start: datetime) -> list[AskedRow]:
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
    def wordings(self) -> Mapping[int, Sequence[str]]:
        """The newest wordings of the questions in each published gap that has some."""
        found = {gap.gap_id: [one.text for one in self.questions(gap.gap_id)] for gap in self.watched}
        return {gap_id: list(dict.fromkeys(texts))[-COMPARED:] for gap_id, texts in found.items() if texts}

    def questions(self, gap_id: int) -> Sequence[UnhelpedRow]:
        """Those of a gap, oldest first; read once."""
        if gap_id not in self.read:
            self.read[gap_id] = gap_questions_of(self.store, gap_id)
        return self.read[gap_id]

    @cached_property
    def answered(self) -> list[AskedRow]:
        """What was answered since the first of the published gaps was."""
        starts = [decided[-1].at for gap in self.watched if (decided := self.decisions[gap.gap_id])]
        return read_answered_since(self.store, min(starts)) if starts else []

    @cached_property
    def asker(self) -> Asker:
        return Asker(self.snapshot.index, self.snapshot.ranking, self.encoded)

    @cached_property
    def vectors(self) -> Floats:
        """Of all passages, as encoded."""
        vectors: Floats = np.load(self.snapshot.folder / "vectors.npy", allow_pickle=False)
        return vectors

    @cached_property
    def places(self) -> Mapping[Key, range]:
        """An article's passages."""
        return {(entry.locale, entry.slug): range(*entry.passages) for entry in self.snapshot.articles}

    def rows(self, key: Key, *, body: bool) -> list[int]:
        return [row for row in self.places.get(key, ()) if self.snapshot.index.named[row] != body]

    def named(self, key: Key) -> list[Words]:
        """An article's title and questions, customers' ones too."""
        return [words_of(self._passage(row).text) for row in self.rows(key, body=False)]

    def says_something(self, key: Key, wordings: Sequence[Wording]) -> bool:
        rows = self.rows(key, body=True)
        texts = [one.text for one in wordings]
        bodies = [self._passage(row).text for row in rows]
        common = self.snapshot.index.common
        return says_something(bodies, self.vectors[rows], (texts, self.encoded.vectors(texts)), common)

    def _passage(self, row: int) -> PassageRow:
        return self.snapshot.passages[row]
