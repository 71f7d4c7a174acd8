"""How much each signal counts, and what a score is worth as a probability: kept in the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import exp
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weight of each signal in an article's score; the signals are of like size, about 0 to 1.

    `meaning` compares the question with the article's nearest passage, `title` with the nearest of its
    title and questions, `topic` with all of these on average, `rare` with the nearest passage when what
    all passages have in common is taken out. `words` and `grams` are the shares of the question's words
    and character n-grams that the article covers.

    The defaults are used as they are where there is nothing to learn from, and pull where there is
    little. `benchmarks/prior.py` finds them: the weights that serve four different sets together.
    """

    meaning: float = 3.5
    title: float = 0.0
    topic: float = 4.2
    rare: float = 4.6
    words: float = 2.5
    grams: float = 2.2

    def score(self, signals: Mapping[str, Floats]) -> Floats:
        """Weighted sum, shape as each of the signals."""
        weighted = [np.float32(getattr(self, name)) * values for name, values in signals.items()]
        total: Floats = np.sum(weighted, axis=0, dtype=np.float32)
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What the best score comes to when no article answers: `base` + `typed` x how much was typed, give or
    take `spread`. Learned from questions whose article is left out; the defaults are what four sets have
    on average.
    """

    base: float = 3.58
    typed: float = 0.57
    spread: float = 2.23

    def standing(self, score: float, typed: float) -> float:
        """How many spreads a score stands above what no answer reaches."""
        return (score - self.base - self.typed * typed) / self.spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Probability that the first suggestion answers: logistic in three cues.

    They are its standing above the noise of this help centre, how much was typed, and its share among
    the candidates (softmax of the scores). Standing means the same everywhere, so these weights are
    constants: `benchmarks/prior.py` finds them on four sets. Questions made of an article's own words
    are harder than people's, so positives made here would make confidence too low.
    """

    intercept: float = -4.68
    standing: float = 0.85
    typed: float = 0.65
    share: float = 1.5

    def chance(self, standing: float, typed: float, share: float) -> float:
        total = self.intercept + self.standing * standing + self.typed * typed + self.share * share
        return 1 / (1 + exp(-total)) if total > 0 else exp(total) / (1 + exp(total))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """`passages` is how many there were when it was learned, `stale` how many have changed since."""

    weights: Weights = Weights()
    noise: Noise = Noise()
    calibration: Calibration = Calibration()
    passages: int = 0
    stale: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Ranking:
        return cls(
            weights=Weights(**fields["weights"]),
            noise=Noise(**fields["noise"]),
            calibration=Calibration(**fields["calibration"]),
            passages=fields["passages"],
            stale=fields["stale"],
        )
