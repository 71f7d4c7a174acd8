"""The floor of people: a question is shown to writers only when at least two people asked alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final, TypeVar

from kb.settings import Settings

PERSONS: Final = 2

Question = TypeVar("Question")


def least_persons(settings: Settings) -> int:
    """How many people have to have asked alike: 2, or 1 where an admin wants to see single questions."""
    return 1 if settings.show_single_questions else PERSONS


def above_floor(
    groups: Iterable[Collection[Question]], person: Callable[[Question], str], least: int = PERSONS
) -> tuple[list[Collection[Question]], int]:
    """Groups of questions that enough different people asked, and how many questions are in the others.

    >>> above_floor([["ann: a", "ben: b"], ["ann: c", "ann: d"]], lambda question: question[:3])
    ([['ann: a', 'ben: b']], 2)
    """
    shown: list[Collection[Question]] = []
    hidden = 0
    for group in groups:
        if len({person(question) for question in group}) >= least:
            shown.append(group)
        else:
            hidden += len(group)
    return shown, hidden
