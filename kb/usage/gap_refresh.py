"""Gaps as they are now: reads what no suggestion helped, groups it, keeps it.

scikit-learn is loaded only once there is something new to group: it takes a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kb.index.unrelated import UNRELATED
from kb.search.engine import Engine
from kb.store.gaps import (
    DISMISSED,
    OPEN,
    GapRow,
    decide_gap,
    keep_gaps,
    keep_vectors,
    newest_gap,
    read_decisions,
    read_gaps,
    read_vectors,
)
from kb.store.store import Store
from kb.store.unhelped import UnhelpedRow, read_unhelped
from kb.usage.diagnosis import diagnose
from kb.usage.floor import PERSONS
from kb.usage.gap_changes import Changes, Member, changes
from kb.usage.gap_rank import surging, urgency
from kb.usage.library import library_of, nearness
from kb.usage.published import remember_published

Floats = npt.NDArray[np.float32]

# Far from every article: on average no nearer to the nearest passage than this, where 0 is the nearness of
# unrelated passages. On banking 94 of 100 pairs of far questions are below it and no near topic is.
FAR: Final = 0.15
# A topic far from every article is a gap once so many of its people wrote tickets: a new product looks so.
TICKETS: Final = 5
# So many questions of a gap say how far it is.
MEASURED: Final = 20
# Nobody decided it, the numbers did.
BY_ITSELF: Final = "selfhelp"


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """All that a refresh goes by: the questions with their vectors, the gaps so far and where to ask."""

    asked: Sequence[UnhelpedRow]
    vectors: Floats
    kept: Mapping[int, GapRow]
    engine: Engine
    now: datetime

    def gap_of(self, one: UnhelpedRow) -> int | None:
        gap = one.gap_id
        while gap is not None and (into := self.kept[gap].merged_into) is not None:
            gap = into
        return gap


def refresh_gaps(store: Store, engine: Engine, now: datetime, least_persons: int = PERSONS) -> None:
    """Puts new questions into gaps, opens new ones, ranks and diagnoses all. Raises StoreError, NoSnapshot.

    Reads intents, so settle them first. Several processes may do this at once: one of them writes.
    """
    # Before a gap opens: what is published by then did not close it.
    remember_published(store, engine.searcher().snapshot.folder)
    asked = read_unhelped(store)
    newest = newest_gap(store)
    kept = {row.gap_id: row for row in read_gaps(store, merged=True)}
    vectors, new = _vectors(store, engine, asked)
    state = _State(asked=asked, vectors=vectors, kept=kept, engine=engine, now=now)
    found = _changes(state, newest, least_persons) if new else _as_it_was(state)
    rows = _rows(state, found)
    moved = {one.query_id: found.members[one.query_id] for one in asked if one.query_id in found.members}
    moved = {one.query_id: moved[one.query_id] for one in asked if moved.get(one.query_id) != one.gap_id}
    if keep_gaps(store, rows, moved, newest):
        _reopen(store, rows, now)


def _vectors(store: Store, engine: Engine, asked: Sequence[UnhelpedRow]) -> tuple[Floats, bool]:
    """The questions' vectors, and whether some were not known before."""
    model = engine.searcher().snapshot.model
    known = read_vectors(store, model)
    fresh = [one for one in asked if one.query_id not in known]
    wordings = list(dict.fromkeys(one.text for one in fresh))
    if wordings:
        made = dict(zip(wordings, engine.vectors(wordings).astype(np.float16), strict=True))
        added = {one.query_id: made[one.text].tobytes() for one in fresh}
        keep_vectors(store, model, added)
        known |= added
    rows = [np.frombuffer(known[one.query_id], dtype=np.float16) for one in asked]
    vectors = np.stack(rows).astype(np.float32) if rows else np.zeros((0, 0), np.float32)
    return vectors, bool(fresh)


def _changes(state: _State, newest: int, least_persons: int) -> Changes:
    from kb.usage.grouping import group_questions
    from kb.usage.likeness import Compared

    asked = Compared(
        texts=[one.text for one in state.asked],
        vectors=state.vectors,
        locales=[one.locale for one in state.asked],
        usual=state.engine.vectors(UNRELATED).mean(axis=0),
    )
    groups = group_questions(asked).groups.tolist()
    members = [
        Member(query_id=one.query_id, person=one.person, group=group, gap=state.gap_of(one))
        for one, group in zip(state.asked, groups, strict=True)
    ]
    fixed = {row.gap_id for row in state.kept.values() if row.status != OPEN}
    return changes(members, newest + 1, least_persons, fixed)


def _as_it_was(state: _State) -> Changes:
    gaps = {one.query_id: state.gap_of(one) for one in state.asked}
    return Changes(members={query: gap for query, gap in gaps.items() if gap is not None}, merged={})


def _rows(state: _State, found: Changes) -> list[GapRow]:
    """All gaps as they are now, those that were merged and those that nobody asks about any more too."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(state.asked):
        if one.query_id in found.members:
            places[found.members[one.query_id]].append(place)
    rows = [_row(state, gap, members) for gap, members in sorted(places.items())]
    for gap, row in state.kept.items():
        if gap not in places:
            into = found.merged.get(gap, row.merged_into)
            empty = replace(row, merged_into=into, label="", persons=0, questions=0, score=0, surge=False)
            rows.append(replace(empty, diagnosis={}))
    return rows


def _row(state: _State, gap: int, places: Sequence[int]) -> GapRow:
    asked = [state.asked[place] for place in places]
    vectors = state.vectors[places]
    label = asked[int((vectors @ vectors.mean(axis=0)).argmax())].text
    before = state.kept.get(gap)
    looked = _looked_into(state, asked, vectors, before)
    return GapRow(
        gap_id=gap,
        label=label,
        kind=looked["kind"],
        status=before.status if before else OPEN,
        off_topic=looked["far"] and len({one.person for one in asked if one.sent}) < TICKETS,
        surge=surging(asked, state.now, state.asked[0].at),
        opened_at=before.opened_at if before else state.now,
        first_seen=min([asked[0].at, *([before.first_seen] if before else [])]),
        last_seen=asked[-1].at,
        persons=len({one.person for one in asked}),
        questions=len(asked),
        score=urgency(asked, state.now),
        diagnosis=looked,
        replay=before.replay if before else {},
    )


def _looked_into(
    state: _State, asked: Sequence[UnhelpedRow], vectors: Floats, before: GapRow | None
) -> dict[str, Any]:
    """The diagnosis as it is kept; made anew only when questions or articles have changed."""
    snapshot = state.engine.searcher().snapshot
    sent = sum(one.sent for one in asked)
    basis = {"snapshot": snapshot.id, "newest": asked[-1].query_id, "questions": len(asked), "sent": sent}
    if before and before.diagnosis.get("basis") == basis:
        return dict(before.diagnosis)
    found = diagnose(asked, library_of(state.engine))
    near = round(nearness(snapshot, vectors[-MEASURED:]), 3)
    far = near < FAR
    why = found.why + ("; far from every article, it may be new or none of yours" if far else "")
    return {**found.as_json(), "why": why, "nearness": near, "far": far, "basis": basis}


def _reopen(store: Store, rows: Sequence[GapRow], now: datetime) -> None:
    """Dismissed gaps that twice as many people run into as when they were dismissed."""
    dismissed = {one.gap_id: one.persons for one in read_decisions(store) if one.status == DISMISSED}
    for row in rows:
        if row.status == DISMISSED and row.persons >= 2 * max(1, dismissed[row.gap_id]):
            note = f"{row.persons} people, {dismissed[row.gap_id]} when it was dismissed"
            decide_gap(store, row.gap_id, OPEN, BY_ITSELF, now, note, only_if=DISMISSED)
