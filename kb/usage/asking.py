"""What is being asked now: settled questions that are alike as one, shown from two people on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final

import numpy as np
import numpy.typing as npt

from kb.index.text import fold
from kb.store.asked import TypedRow
from kb.usage.floor import PERSONS, above_floor
from kb.usage.settled import settled_runs

Likeness = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""How like each other texts are, shape (texts, texts); see `ALIKE`."""

ALIKE: Final = 0.45
"""Likeness (0 unrelated, about 1 the same) from which on two questions are one in this list.

Stricter than for a notice: a list that calls two things one hides one of them.
"""
COMPARED: Final = 300
"""Of more wordings than this the newest are compared by meaning; each takes an encoder 2 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNow:
    """Questions that are alike: the most frequent wording, and how many people ask it."""

    text: str
    persons: int
    answered: float
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingReport:
    """What enough people ask, most first; the rest only as a number of questions."""

    asked: tuple[AskedNow, ...]
    singles: int
    persons: int


def asking_report(typed: Sequence[TypedRow], likeness: Likeness, least: int = PERSONS) -> AskingReport:
    """From keystrokes, those of one session together and in order."""
    settled = [row for _, one in groupby(typed, attrgetter("session_id")) for row in _settled(list(one))]
    groups = _alike(settled, likeness)
    shown, singles = above_floor(groups, lambda row: row.person, least)
    lines = sorted(map(_line, shown), key=lambda line: (-line.persons, -line.last_seen.timestamp()))
    return AskingReport(
        asked=tuple(lines),
        singles=singles,
        persons=len({row.person for row in settled}),
    )


def _settled(typed: Sequence[TypedRow]) -> list[TypedRow]:
    runs = settled_runs([row.text for row in typed], [row.at for row in typed])
    return [typed[run.settled] for run in runs]


def _alike(settled: Iterable[TypedRow], likeness: Likeness) -> list[list[TypedRow]]:
    """Groups of rows; a wording joins the first, more frequent one that it is like."""
    wordings: dict[str, list[TypedRow]] = defaultdict(list)
    for row in settled:
        wordings[fold(row.text)].append(row)
    order = sorted(wordings.values(), key=lambda rows: max(row.at for row in rows), reverse=True)
    compared, rest = sorted(order[:COMPARED], key=len, reverse=True), order[COMPARED:]
    if not compared:
        return []
    like = likeness([rows[0].text for rows in compared]) >= ALIKE
    heads: list[int] = []
    groups: dict[int, list[TypedRow]] = {}
    for place, rows in enumerate(compared):
        head = next((head for head in heads if like[place, head]), place)
        if head == place:
            heads.append(place)
        groups.setdefault(head, []).extend(rows)
    return [*groups.values(), *rest]


def _line(group: Collection[TypedRow]) -> AskedNow:
    return AskedNow(
        # The most frequent wording comes first.
        text=next(iter(group)).text,
        persons=len({row.person for row in group}),
        answered=sum(row.answered for row in group) / len(group),
        last_seen=max(row.at for row in group),
    )
