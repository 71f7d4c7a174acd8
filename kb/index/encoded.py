"""Questions encoded, each once: what is replayed, practised or compared comes up again and again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from kb.index.encoder import Encoder
from kb.index.encoding import Encoding

Floats = npt.NDArray[np.float32]


class Encoded:
    """An encoder's questions, kept for as long as this is."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._known: dict[str, Encoding] = {}

    def of(self, texts: Sequence[str]) -> list[Encoding]:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            self._known |= dict(zip(fresh, self.encoder.encode_questions(fresh), strict=True))
        return [self._known[text] for text in texts]

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Shape (texts, dimension)."""
        rows = [one.vector for one in self.of(texts)]
        return np.stack(rows) if rows else np.zeros((0, self.encoder.dimension), np.float32)

    def vector_of(self, texts: Iterable[str]) -> dict[str, Floats]:
        """The vector of each text."""
        distinct = list(dict.fromkeys(texts))
        return dict(zip(distinct, self.vectors(distinct), strict=True))
