"""What a ranking tells of the chance that its suggestions answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kb.index.ranking import CUES, Calibration
from kb.search.rank import Ranked
from kb.search.typed import Typed

Floats = npt.NDArray[np.float32]


def cues(typed: Typed, ranked: Ranked, count: int) -> Floats:
    """Cues of the first `count` articles, shape (at most count, CUES), in the order of CUES.

    `lead` is how far an article is above the best other one (negative below it), `typed` grows with
    how much there is of the question.
    """
    scores = ranked.scores[: count + 1].astype(np.float32)
    found = min(count, len(scores))
    if not found:
        return np.zeros((0, len(CUES)), dtype=np.float32)
    runner_up = scores[1] if len(scores) > 1 else np.float32(0)
    best_other = np.full(found, scores[0], dtype=np.float32)
    best_other[0] = runner_up
    columns = {
        "score": scores[:found],
        "lead": scores[:found] - best_other,
        "typed": np.full(found, np.log1p(len(typed.grams)), dtype=np.float32),
        **{name: ranked.signals[name][:found] for name in ("meaning", "rare", "words", "grams")},
    }
    return np.stack([columns[name] for name in CUES], axis=1).astype(np.float32)


def confidences(typed: Typed, ranked: Ranked, count: int, calibration: Calibration) -> list[float]:
    """Probability that each of the first `count` articles answers; never more than of the one before."""
    chances = calibration.chances(cues(typed, ranked, count))
    return [float(chance) for chance in np.minimum.accumulate(chances)]
