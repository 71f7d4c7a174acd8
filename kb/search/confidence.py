"""What a ranking tells of the chance that its suggestions answer."""

from __future__ import annotations

from math import log1p

import numpy as np
import numpy.typing as npt

from kb.index.ranking import Cues, Noise, Ranking
from kb.search.rank import Ranked
from kb.search.typed import Typed

Floats = npt.NDArray[np.float64]


def amount(typed: Typed) -> float:
    """How much there is of a question: the logarithm, since each word tells less than the last."""
    return log1p(typed.told)


def length(typed: Typed) -> float:
    """In how many words it is said: the logarithm."""
    return log1p(typed.length)


def cues_of(typed: Typed, scores: Floats, noise: Noise) -> Cues:
    """Of the candidates' scores, which are at least one."""
    best = float(scores.max())
    return Cues(
        standing=noise.standing(best, amount(typed), typed.known),
        typed=amount(typed),
        words=length(typed),
        share=float(1 / np.exp(scores - best).sum()),
    )


def confidences(typed: Typed, ranked: Ranked, count: int, ranking: Ranking) -> list[float]:
    """Probability that each of the first `count` articles answers, best first.

    The weights are such that the softmax of the scores is the chance of each candidate, given that one
    of them answers; so the first one's chance goes down the list in the proportion of these shares.
    """
    scores = ranked.scores.astype(np.float64)
    if not len(scores):
        return []
    first = max(ranked.by_code, ranking.calibration.chance(cues_of(typed, scores, ranking.noise)))
    return [first * float(share) for share in np.exp(scores[:count] - scores[0])]
