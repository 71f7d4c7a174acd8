"""What a ranking tells of the chance that its suggestions answer."""

from __future__ import annotations

from math import log1p

import numpy as np

from kb.index.ranking import Cues, Ranking
from kb.search.rank import Ranked
from kb.search.typed import Typed


def amount(typed: Typed) -> float:
    """How much there is of a question: the logarithm, since each word tells less than the last."""
    return log1p(typed.told)


def confidences(typed: Typed, ranked: Ranked, count: int, ranking: Ranking) -> list[float]:
    """Probability that each of the first `count` articles answers, best first.

    The weights are such that the softmax of the scores is the chance of each candidate, given that one
    of them answers; so the first one's chance goes down the list in the proportion of these shares.
    """
    scores = ranked.scores.astype(np.float64)
    if not len(scores):
        return []
    odds = np.exp(scores - scores[0])
    standing = ranking.noise.standing(float(scores[0]), amount(typed), typed.known)
    cues = Cues(standing=standing, typed=amount(typed), share=float(1 / odds.sum()))
    first = ranking.calibration.chance(cues)
    return [first * float(share) for share in odds[:count]]
