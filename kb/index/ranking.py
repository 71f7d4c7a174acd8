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

    `topic` compares the question with the nearest of the article's title and questions and with its
    nearest passage, on average, `rare` with the nearest passage by what tells articles apart (Common).
    `words` and `grams` are the shares of the question's words and character n-grams that the article
    covers. `tokens` compares the question with the passage nearest to it token by token (TokenVectors).
    `prototype` compares it with what the article is asked for, by what tells articles apart (Prototypes).

    The defaults are used as they are where there is nothing to learn from, and pull where there is
    little. They come from what `benchmarks/prior.py` finds on four different sets, one of them asked in six
    languages, with two bundled encoders; DESIGN.md says why they are not the likeliest.
    """

    topic: float = 6.0
    rare: float = 4.0
    words: float = 1.6
    grams: float = 2.5
    tokens: float = 4.0
    prototype: float = 4.0

    def for_known(self, known: float) -> Weights:
        """What was learned holds for questions in the articles' words: the fewer of a question's words they
        know (Typed.known), the nearer its weights are to STRANGE.
        """
        return Weights(
            **{
                name: known * getattr(self, name) + (1 - known) * getattr(STRANGE, name)
                for name in asdict(STRANGE)
            }
        )

    def score(self, signals: Mapping[str, Floats]) -> Floats:
        """Weighted sum, shape as each of the signals."""
        weighted = [np.float32(getattr(self, name)) * values for name, values in signals.items()]
        total: Floats = np.sum(weighted, axis=0, dtype=np.float32)
        return total


# For a question whose words no article knows, as in another language. With words and n-grams taken out the
# likeliest weights count tokens 1.2 to 1.9 times as much on each set of benchmarks/prior.py, 1.6 on average.
# Prototypes win nothing there.
STRANGE = Weights(topic=7.0, rare=4.5, tokens=6.5, prototype=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What the best score comes to when no article answers: `base` + `typed` x how much was typed +
    `known` x how far its words are known to the articles, give or take `spread`; give or take `strange` when
    they use none of them, as with a question in another language; `foreign` more for as much as it is in
    another one. An encoder finds less alike between languages: no article reaches what it would in one.

    Learned from questions whose article is left out, asked with and without the help of words; the
    defaults, what four sets have on average with both bundled encoders, are used where there is nothing to
    learn from, and pull where there is little.
    """

    base: float = 5.55
    typed: float = -0.19
    known: float = 0.94
    spread: float = 2.34
    strange: float = 2.06
    foreign: float = 0.0

    def standing(self, score: float, typed: float, known: float) -> float:
        """How many spreads a score stands above what no answer reaches."""
        spread = self.strange + (self.spread - self.strange) * known
        level = self.base + self.typed * typed + self.known * known
        # Few words are known of what is about something else, too; none of what is in another language.
        return (score - level - self.foreign * (1 - known) ** 2) / spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """What tells of the chance that the first suggestion answers: its `standing` above the noise of this
    help centre, how much was `typed`, in how many `words`, and its `share` among the candidates (softmax of
    the scores). A search of two telling words reaches less than a question that says the same in eight.
    """

    standing: float
    typed: float
    words: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Probability that the first suggestion answers: logistic in the cues.

    Standing means the same everywhere, so these weights are constants: `benchmarks/prior.py` finds them
    on four sets. Questions made of an article's own words are harder than people's, so positives made
    here would make confidence too low.
    """

    intercept: float = -2.31
    standing: float = 1.18
    typed: float = 0.72
    words: float = -0.3
    share: float = 0.4

    def chance(self, cues: Cues) -> float:
        total = self.intercept + sum(getattr(self, name) * getattr(cues, name) for name in CUES)
        return 1 / (1 + exp(-total)) if total > 0 else exp(total) / (1 + exp(total))


CUES = ("standing", "typed", "words", "share")


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
