"""How much each signal counts, and what a score is worth as a probability: kept in the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
    words: float = 2.6
    grams: float = 2.1

    def score(self, signals: Mapping[str, Floats]) -> Floats:
        """Weighted sum, shape as each of the signals."""
        weighted = [np.float32(getattr(self, name)) * values for name, values in signals.items()]
        total: Floats = np.sum(weighted, axis=0, dtype=np.float32)
        return total


# What confidence rests on: kb.search.confidence says what each is.
CUES = ("score", "lead", "typed", "meaning", "rare", "words", "grams")
DEFAULT_CUES: Mapping[str, float] = {
    "score": 0.21,
    "lead": 0.63,
    "typed": 0.36,
    "meaning": -1.94,
    "rare": 2.7,
    "words": 0.51,
    "grams": 0.17,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Probability that a suggestion answers: logistic in its cues. The defaults are found as Weights' are."""

    intercept: float = -5.62
    weights: Mapping[str, float] = field(default_factory=lambda: DEFAULT_CUES)

    def chances(self, cues: Floats) -> Floats:
        """For each row of cues (rows, CUES) a probability, shape (rows,)."""
        weights = np.array([self.weights[name] for name in CUES], dtype=np.float32)
        chances: Floats = 1 / (1 + np.exp(-(self.intercept + cues @ weights)))
        return chances


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """`passages` is how many there were when it was learned, `stale` how many have changed since."""

    weights: Weights = Weights()
    calibration: Calibration = field(default_factory=Calibration)
    passages: int = 0
    stale: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Ranking:
        return cls(
            weights=Weights(**fields["weights"]),
            calibration=Calibration(**fields["calibration"]),
            passages=fields["passages"],
            stale=fields["stale"],
        )
