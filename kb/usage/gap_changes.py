"""Today's groups and yesterday's gaps: what joins, what is new, what has become one.

A question stays in the gap it is in, so that a gap keeps its number and what was decided about it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# Two gaps are one when this share of each has come to lie in one group.
MOST: Final = 0.6
# Part of a gap is a gap of its own when it lies in a group apart: so many people of it, and this share, or
# people ENOUGH whatever their share, since large groups do not fall apart again tomorrow.
APART_PERSONS: Final = 8
APART: Final = 0.4
ENOUGH: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A question to be put into a gap: who asked it, its group today, and its gap so far (None: none)."""

    query_id: str
    person: str
    group: int
    gap: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """`members`: query id -> gap, for all questions that are in one; `merged`: gap -> the one it is now."""

    members: Mapping[str, int]
    merged: Mapping[int, int]


def changes(
    questions: Sequence[Member], next_gap: int, least_persons: int, fixed: Collection[int] = ()
) -> Changes:
    """Which gap each question is in now; new gaps are numbered from `next_gap`, larger groups first.

    New questions of a group join the gap most of which lies in it; where none does they are a new gap, if
    `least_persons` asked. `fixed` are gaps somebody has decided about: they are not merged and lose nothing.
    """
    merged = _merged([one for one in questions if one.gap not in fixed])
    gap_of = {one.query_id: merged.get(one.gap, one.gap) for one in questions if one.gap is not None}
    sizes = Counter(gap_of.values())
    homes = _homes(questions, gap_of)
    in_group: dict[int, list[Member]] = defaultdict(list)
    for one in questions:
        in_group[one.group].append(one)
    for group in sorted(in_group, key=lambda name: (-_persons(in_group[name]), name)):
        asked = in_group[group]
        lying = Counter(gap_of[one.query_id] for one in asked if one.query_id in gap_of)
        joining = [one for one in asked if one.query_id not in gap_of]
        at_home = [gap for gap in lying if homes[gap] == group]
        if not at_home:
            joining += [one for one in _apart(asked, gap_of, sizes) if gap_of[one.query_id] not in fixed]
        owners = at_home or ([] if _persons(joining) >= least_persons else list(lying))
        if owners:
            owner = min(owners, key=lambda gap: (-lying[gap], gap))
        elif _persons(joining) >= least_persons:
            owner, next_gap = next_gap, next_gap + 1
        else:
            continue
        gap_of |= {one.query_id: owner for one in joining}
    return Changes(members=gap_of, merged=merged)


def _merged(questions: Sequence[Member]) -> dict[int, int]:
    """Gaps most of which lie in one group become the one of lowest number."""
    placed: dict[int, Counter[int]] = defaultdict(Counter)
    for one in questions:
        if one.gap is not None:
            placed[one.gap][one.group] += 1
    meeting: dict[int, list[int]] = defaultdict(list)
    for gap, groups in placed.items():
        group, count = groups.most_common(1)[0]
        if count >= MOST * groups.total():
            meeting[group].append(gap)
    return {gap: min(gaps) for gaps in meeting.values() for gap in gaps if gap != min(gaps)}


def _homes(questions: Sequence[Member], gap_of: Mapping[str, int]) -> dict[int, int]:
    """The group in which most of each gap lies."""
    placed: dict[int, Counter[int]] = defaultdict(Counter)
    for one in questions:
        if one.query_id in gap_of:
            placed[gap_of[one.query_id]][one.group] += 1
    return {gap: min(groups, key=lambda g: (-groups[g], g)) for gap, groups in placed.items()}


def _apart(asked: Sequence[Member], gap_of: Mapping[str, int], sizes: Mapping[int, int]) -> list[Member]:
    """Of a group that is no gap's home, the questions that leave their gap for a new one."""
    leaving: list[Member] = []
    for gap in {gap_of[one.query_id] for one in asked if one.query_id in gap_of}:
        part = [one for one in asked if gap_of.get(one.query_id) == gap]
        persons = _persons(part)
        if persons >= ENOUGH or (persons >= APART_PERSONS and len(part) >= APART * sizes[gap]):
            leaving += part
    return leaving


def _persons(questions: Sequence[Member]) -> int:
    return len({one.person for one in questions})
