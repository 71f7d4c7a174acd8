"""One scale for what signals come to, whatever the encoder and the articles: 0 for texts that have nothing to
do with each other, about 1 for a question and its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

SPREADS: Final = 8
"""Two passages of different articles are about this many standard deviations of their likeness apart when one
answers the other."""
LEAST: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Scale:
    """`usual` and `spread` are the mean and standard deviation between passages of different articles."""

    usual: float
    spread: float

    @classmethod
    def found(cls, between: npt.NDArray[np.floating]) -> Scale:
        """From what passages of different articles come to; without any, all stays as it is."""
        if not len(between):
            return AS_IT_IS
        return cls(float(between.mean()), max(float(between.std()), LEAST))

    def __call__(self, values: Floats) -> Floats:
        scaled: Floats = (values - np.float32(self.usual)) / np.float32(SPREADS * self.spread)
        return scaled

    @property
    def array(self) -> Floats:
        """As it is kept in a snapshot."""
        return np.array([self.usual, self.spread], dtype=np.float32)

    @classmethod
    def kept(cls, array: Floats) -> Scale:
        """What `array` was. Raises ValueError."""
        usual, spread = array.tolist()
        return cls(usual, spread)


AS_IT_IS: Final = Scale(0.0, 1 / SPREADS)
NOUGHT: Final = Scale(0.0, inf)
"""For what can tell nothing apart."""
