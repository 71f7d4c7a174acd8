"""An encoder that a person can work out on paper: for tests, and for trying the engine without a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kb.index.encoder import Progress
from kb.index.encoding import Encodings, rounded
from kb.index.text import fold, words

Floats = npt.NDArray[np.float32]


class TopicEncoder:
    """One axis per topic, so that every expected score can be done by hand.

    >>> TopicEncoder().encode_questions(["refund to my card"]).vectors.astype(float).round(2).tolist()
    [[0.71, 0.0, 0.71]]

    A word belongs to a topic if it begins with its name. A text about none is as far from each:

    >>> asked = TopicEncoder("sound", "print").encode_questions(["Printing", "hello"])
    >>> asked.vectors.astype(float).round(2).tolist()
    [[0.0, 1.0], [0.71, 0.71]]

    Its tokens are its words, each encoded as if it stood alone; it knows those about its topics as one.
    """

    def __init__(self, *topics: str) -> None:
        self._topics = topics or ("refund", "screen", "card")

    @property
    def dimension(self) -> int:
        return len(self._topics)

    def encode_questions(self, texts: Sequence[str]) -> Encodings:
        return Encodings(self._vectors(texts), [rounded(self._vectors(words(fold(text)))) for text in texts])

    def _vectors(self, texts: Sequence[str]) -> Floats:
        """Shape (texts, topics), rows of length 1."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            found = words(fold(text))
            named = [any(word.startswith(topic) for word in found) for topic in self._topics]
            vectors[row] = named if any(named) else 1
        unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encodings:
        """As `encode_questions`."""
        if progress:
            progress(len(texts))
        return self.encode_questions(texts)

    def whole(self, word: str) -> bool:
        return fold(word).startswith(self._topics)
