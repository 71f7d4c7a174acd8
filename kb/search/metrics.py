"""success@k, MRR and the typing score, from the ranks at which right articles were found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# How far a question has been typed when it is asked, in shares of its characters.
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
SHOWN = 3
SHORTEST = 3
DEEPEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """All in percent but `questions` and `mrr10` (0..1); `success3_at` follows SHARES.

    `thrown_out` is the share of questions whose right article stood among the first three and left
    them again as more was typed.
    """

    questions: int
    success1: float
    success3: float
    mrr10: float
    success3_at: tuple[float, ...]
    typing_score: float
    thrown_out: float


def typed_at(question: str, share: float) -> str:
    """The question typed so far: at least SHORTEST characters.

    >>> typed_at("screen black", 0.5), typed_at("screen black", 0.2)
    ('screen', 'scr')
    """
    return question[: max(SHORTEST, int(len(question) * share))]


def quality(ranks: Sequence[Sequence[int | None]]) -> Quality:
    """`ranks` has a row for each question and in it, for each of SHARES, the first right rank or None.

    Source of success@k and MRR: Manning, Raghavan and Schütze (2008), Introduction to Information
    Retrieval, chapter 8. All figures are 0 when there are no questions.
    """
    whole = [row[-1] for row in ranks]
    at = tuple(_percent([row[i] for row in ranks], SHOWN) for i in range(len(SHARES)))
    return Quality(
        questions=len(ranks),
        success1=_percent(whole, 1),
        success3=_percent(whole, SHOWN),
        mrr10=sum(1 / rank for rank in whole if rank and rank <= DEEPEST) / max(1, len(whole)),
        success3_at=at,
        typing_score=sum(at) / len(at),
        thrown_out=100 * sum(map(_thrown_out, ranks)) / max(1, len(ranks)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A whole question's top confidence, whether its first article is right, and the question's kind:
    `answerable` or the set's own name for why nothing answers it.
    """

    confidence: float
    right: bool
    kind: str


ANSWERABLE = "answerable"


def calibration_error(judged: Sequence[Judged]) -> float:
    """Expected calibration error: |confidence - share right| in ten equal bins, weighted by their size.

    Source: Naeini, Cooper and Hauskrecht (2015). 0 when there are no questions.
    """
    bins: dict[int, list[Judged]] = {}
    for one in judged:
        bins.setdefault(min(9, int(one.confidence * 10)), []).append(one)
    gaps = (abs(sum(o.confidence for o in some) - sum(o.right for o in some)) for some in bins.values())
    return sum(gaps) / max(1, len(judged))


def separation(judged: Sequence[Judged], kind: str) -> float:
    """AUROC in percent: how often an answerable question has a higher confidence than one of `kind`.

    Ties count half. Source: Hanley and McNeil (1982).
    """
    answerable = sorted(one.confidence for one in judged if one.kind == ANSWERABLE)
    others = [one.confidence for one in judged if one.kind == kind]
    wins = sum(
        len(answerable) - (bisect_left(answerable, other) + bisect_right(answerable, other)) / 2
        for other in others
    )
    return 100 * wins / max(1, len(answerable) * len(others))


def _percent(ranks: Sequence[int | None], within: int) -> float:
    return 100 * sum(rank is not None and rank <= within for rank in ranks) / max(1, len(ranks))


def _thrown_out(ranks: Sequence[int | None]) -> bool:
    """Whether the right article was shown and then, later, was not.

    >>> _thrown_out([None, 2, 4, 1, 1]), _thrown_out([None, 5, 3, 1, 1])
    (True, False)
    """
    shown = [rank is not None and rank <= SHOWN for rank in ranks]
    return any(here and not after for here, after in pairwise(shown))
