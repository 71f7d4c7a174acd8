"""Vectors of the questions asked lately: beginnings of questions are the same for many people, and who
corrects a word comes back to what was asked before. What was asked is kept as a digest, not word for word.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from kb.index.encoder import Encoder, Progress
from kb.index.encoding import Encodings

MOST: Final = 4096
"""Questions kept, some 15 MB; the one that was asked longest ago goes first."""


class Remembered:
    """An encoder that keeps the vectors of single questions; safe to use from several threads at once."""

    def __init__(self, encoder: Encoder, most: int = MOST) -> None:
        self._encoder = encoder
        self._most = most
        self._lock = threading.Lock()
        self._vectors: OrderedDict[bytes, Encodings] = OrderedDict()
        self.hits = 0
        self.misses = 0

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode_questions(self, texts: Sequence[str]) -> Encodings:
        """Several are no customer's question: they are encoded and not kept."""
        if len(texts) != 1:
            return self._encoder.encode_questions(texts)
        key = digest(texts[0])
        with self._lock:
            known = self._vectors.get(key)
            if known is not None:
                self._vectors.move_to_end(key)
                self.hits += 1
                return known
            self.misses += 1
        made = self._encoder.encode_questions(texts)
        made.vectors.flags.writeable = False
        with self._lock:
            self._vectors[key] = made
            while len(self._vectors) > self._most:
                self._vectors.popitem(last=False)
        return made

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encodings:
        return self._encoder.encode_passages(texts, progress)

    def whole(self, word: str) -> bool:
        return self._encoder.whole(word)


def digest(text: str) -> bytes:
    """What a customer typed, so that it can be known again and not be read."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
