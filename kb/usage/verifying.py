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
from kb.usage.next_people import NextPeople
from kb.usage.published import remember_published
from kb.usage.replay import Asker, Key, Wording, wordings_of
from kb.usage.substance import says_something
from kb.usage.twins import Words, words_of
from kb.usage.verification import UNASKED, Replay, Verdict, replayed, verdict

Floats = npt.NDArray[np.float32]

BY_ITSELF: Final = "selfhelp"
SAMPLED: Final = 10
"""So many wordings tell whether an open gap may have been closed; most have not."""


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
        run = _Run(store, engine, gaps, now)
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

    def __init__(self, store: Store, engine: Engine, gaps: Sequence[GapRow], now: datetime) -> None:
        self.store = store
        self.engine = engine
        self.snapshot = engine.searcher().snapshot
        self.encoded = Encoded(engine.encoder())
        self.changed = changed_articles(store)
        self.decisions: dict[int, list[DecisionRow]] = {gap.gap_id: [] for gap in gaps}
        for one in read_decisions(store):
            self.decisions.setdefault(one.gap_id, []).append(one)
        self.read: dict[int, Sequence[UnhelpedRow]] = {}
        self.next_people = NextPeople(
            store=store,
            engine=engine,
            encoded=self.encoded,
            gaps=gaps,
            decisions=self.decisions,
            questions=self.questions,
            now=now,
        )

    def verdict(self, gap: GapRow) -> Verdict | None:
        counting = [key for key, at in self.changed.items() if at > self.opened_at(gap)]
        if gap.status == OPEN and not counting:
            return None
        asked = self.questions(gap.gap_id)
        replay = self.replay(gap, self.before(gap, asked), counting)
        if replay is None:
            return None
        return verdict(gap.status, replay, self.next_people.since(gap, replay.articles))

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

    def questions(self, gap_id: int) -> Sequence[UnhelpedRow]:
        """Those of a gap, oldest first; read once."""
        if gap_id not in self.read:
            self.read[gap_id] = gap_questions_of(self.store, gap_id)
        return self.read[gap_id]

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
