"""An encoder that is opened when there is something to encode: an index run often has nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from kb.index.encoder import OnnxEncoder, Progress, load_card
from kb.index.encoding import Encodings


class LazyEncoder:
    """An exported model, opened at the first text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.card = load_card(folder)

    @property
    def dimension(self) -> int:
        return self.card.dimension

    def encode_questions(self, texts: Sequence[str]) -> Encodings:
        return self._opened.encode_questions(texts) if texts else self._none

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encodings:
        return self._opened.encode_passages(texts, progress) if texts else self._none

    def whole(self, word: str) -> bool:
        return self._opened.whole(word)

    @cached_property
    def _opened(self) -> OnnxEncoder:
        return OnnxEncoder(self._folder, threads=os.cpu_count() or 1)

    @property
    def _none(self) -> Encodings:
        return Encodings(np.zeros((0, self.dimension), dtype=np.float32), ())
