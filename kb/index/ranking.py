"""How much each signal counts, and what a score is worth as a probability: kept in the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weight of each signal in an article's score; all signals lie between 0 and 1.

    `meaning` is the cosine of its nearest passage, `topic` that of the mean of its title and
    questions, `words` and `grams` the share of the question's words and character n-grams it covers.
    """

    meaning: float = 1.0
    topic: float = 0.5
    words: float = 0.33
    grams: float = 0.33

    def score(self, signals: Mapping[str, Floats]) -> Floats:
        """Weighted sum, shape as each of the signals."""
        weighted = [np.float32(getattr(self, name)) * values for name, values in signals.items()]
        total: Floats = np.sum(weighted, axis=0, dtype=np.float32)
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Probability that a suggestion answers: logistic in its score and its lead over the next one."""

    intercept: float = -6.0
    score: float = 6.0
    lead: float = 4.0

    def confidence(self, score: float, lead: float) -> float:
        return float(1 / (1 + np.exp(-(self.intercept + self.score * score + self.lead * lead))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    weights: Weights = Weights()
    calibration: Calibration = Calibration()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Ranking:
        return cls(weights=Weights(**fields["weights"]), calibration=Calibration(**fields["calibration"]))
