"""Questions learned from use: which of them two people agree on, and which led to tickets after all.

Two questions mean nearly the same if their vectors are nearer than NEAR of the way from unrelated (the
mean cosine between titles of different articles) to identical. On banking, stackfaq, vira and gnome
that is a cosine of 0.65 to 0.73 with all-MiniLM-L6-v2 and 0.93 to 0.94 with multilingual-e5-small: of
two questions about different articles at most 8 in 1,000 pass (on most sets 1 to 3), of two about one
article 9 to 70 in 100.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from kb.index.text import fold

Floats = npt.NDArray[np.float32]
Vectors = Mapping[str, Floats]
Key = tuple[str, str]

NEAR: Final = 0.6
# Without two articles there is nothing unrelated to compare with.
NEAR_ALONE: Final = 0.93
PERSONS: Final = 2
# What is longer tells a story: it would be near nothing that others ask.
LONGEST: Final = 500
# Of more candidates than this the most often asked are compared with each other.
COMPARED: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve:
    """A person said that an article answered; `question` is what they had typed, redacted.

    `stands`: they said nothing else later, and wrote no ticket within 72 hours.
    """

    person: str
    question: str
    article: Key
    at: datetime
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A person sent the form; `question` is one they had asked, `shown` what it was answered with."""

    person: str
    question: str
    shown: frozenset[Key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A question that `persons` different people found answered by an article."""

    question: str
    article: Key
    persons: int


def learnable(solves: Iterable[Solve]) -> list[Solve]:
    """Those that stand and whose question can be learned at all."""
    return [
        solve
        for solve in solves
        if solve.stands and solve.question.strip() and len(solve.question) <= LONGEST
    ]


def nearness(names: Floats) -> float:
    """The cosine from which on two questions mean nearly the same; `names` are vectors of titles."""
    if len(names) < 2:
        return NEAR_ALONE
    cosines = (names @ names.T)[np.triu_indices(len(names), 1)]
    usual = float(cosines.mean())
    return usual + NEAR * (1 - usual)


def agreements(solves: Sequence[Solve], vectors: Vectors, near: float) -> list[Agreed]:
    """Questions that at least two different people asked with nearly the same meaning, each wording once.

    `vectors` has the unit vector of every question.
    """
    agreed: list[Agreed] = []
    for article, asked in sorted(_by_article(solves).items()):
        wordings = {fold(solve.question): solve.question for solve in asked}
        texts = list(wordings.values())
        close = np.stack([vectors[text] for text in texts]) @ np.stack([vectors[s.question] for s in asked]).T
        for text, row in zip(texts, close >= near, strict=True):
            persons = {asked[place].person for place in np.flatnonzero(row).tolist()}
            if len(persons) >= PERSONS:
                agreed.append(Agreed(question=text, article=article, persons=len(persons)))
    return agreed


def led_to_tickets(
    learned: Sequence[Agreed], submissions: Sequence[Submission], vectors: Vectors, near: float
) -> list[Agreed]:
    """Those whose article was shown for nearly their question to people who then wrote a ticket.

    To at least two, and to more than found it answered.
    """
    dropped: list[Agreed] = []
    for one in learned:
        against = {
            submission.person
            for submission in submissions
            if one.article in submission.shown
            and float(vectors[submission.question] @ vectors[one.question]) >= near
        }
        if len(against) >= PERSONS and len(against) > one.persons:
            dropped.append(one)
    return dropped


def most_telling(questions: Sequence[str], vectors: Vectors, limit: int) -> list[str]:
    """At most `limit` questions that stand for all: each next one is nearest to what is still far off.

    The first is the most central one, later ones are as unlike the chosen as they are like the rest
    (greedy facility location: Nemhauser, Wolsey and Fisher, 1978).
    """
    candidates = list(questions[:COMPARED])
    if len(candidates) <= limit:
        return candidates
    rows = np.stack([vectors[text] for text in candidates])
    cosines = np.maximum(rows @ rows.T, 0)
    reached = np.zeros(len(candidates), dtype=np.float32)
    chosen: list[int] = []
    for _ in range(limit):
        gains = np.maximum(cosines - reached, 0).sum(axis=1)
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        reached = np.maximum(reached, cosines[chosen[-1]])
    return [candidates[place] for place in sorted(chosen)]


def _by_article(solves: Iterable[Solve]) -> dict[Key, list[Solve]]:
    found: dict[Key, list[Solve]] = defaultdict(list)
    for solve in solves:
        found[solve.article].append(solve)
    return found
