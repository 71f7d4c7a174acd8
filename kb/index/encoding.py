"""What an encoder makes of a text: one vector for all of it, and one for each of its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]

UNIT = 127
"""Length of a token's vector: its parts are rounded to whole numbers, a byte each."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """`vector`, shape (dimension,), of length 1; `tokens`, shape (tokens, smaller dimension), each of about
    length UNIT. A model exported before there were token vectors gives none. `begun` is the mean of the
    vectors of a title's or question's beginnings.
    """

    vector: Floats
    tokens: Bytes
    begun: Floats | None = None


@dataclass(frozen=True, slots=True)
class Encodings:
    """Of several texts: `vectors`, shape (texts, dimension), rows of length 1, and each one's `tokens`."""

    vectors: Floats
    tokens: Sequence[Bytes]

    def __len__(self) -> int:
        return len(self.vectors)

    def __iter__(self) -> Iterator[Encoding]:
        return map(Encoding, self.vectors, self.tokens)

    def __getitem__(self, place: int) -> Encoding:
        return Encoding(self.vectors[place], self.tokens[place])


def rounded(tokens: Floats) -> Bytes:
    """Vectors of length 1 as bytes."""
    whole: Bytes = np.rint(tokens * UNIT).astype(np.int8)
    return whole
