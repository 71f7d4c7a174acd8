"""The published snapshot, and the next one as soon as it is published."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.errors import ModelMismatch, NoSnapshot
from kb.index.encoder import Encoder, OnnxEncoder
from kb.index.snapshot import MODELS, SNAPSHOTS, PublishedArticle, Snapshot, published_id
from kb.search.query import Answer, Query
from kb.search.remembered import Remembered
from kb.search.suggest import Searcher

Floats = npt.NDArray[np.float32]


class Engine:
    """Answers from what `DATA/CURRENT` names; safe to use from several threads at once.

    A snapshot is loaded beside the one in use and then put in its place in one step, so that every
    request is answered whole by one of the two.
    """

    def __init__(self, data: Path, *, floor: float) -> None:
        self._data = data
        self._floor = floor
        self._searcher: Searcher | None = None
        self._encoder: Remembered | None = None
        self._loading = threading.Lock()

    @property
    def ready(self) -> bool:
        return self._searcher is not None

    @property
    def floor(self) -> float:
        """The confidence under which nothing is suggested."""
        return self._floor

    @property
    def snapshot_id(self) -> str | None:
        return self._searcher.snapshot.id if self._searcher else None

    def load(self) -> None:
        """Loads what is published. Raises NoSnapshot, SnapshotBroken or ModelMismatch."""
        with self._loading:
            snapshot = Snapshot(self._data / SNAPSHOTS / published_id(self._data))
            encoder = self._encoder_of(snapshot)
            searcher = Searcher(snapshot, encoder, floor=self._floor)
            searcher.suggest(Query(text="warm up"))
            self._searcher, self._encoder = searcher, encoder

    def refresh(self) -> bool:
        """Loads what is published if that has changed; on an error the old one stays in use."""
        if published_id(self._data) == self.snapshot_id:
            return False
        self.load()
        return True

    def suggest(self, query: Query) -> Answer:
        return self._current().suggest(query)

    def article(self, locale: str, slug: str) -> PublishedArticle | None:
        """By slug or old slug: then the result's slug differs from the one asked for."""
        return self._current().snapshot.article(locale, slug)

    def articles(self, locale: str) -> list[PublishedArticle]:
        """All of a locale by title, without their HTML."""
        return self._current().snapshot.listed(locale)

    def locales(self) -> tuple[str, ...]:
        return self._current().snapshot.locales

    def image(self, name: str) -> Path | None:
        return self._current().snapshot.image(name)

    def encoder(self) -> Encoder:
        """The encoder in use."""
        return self._current().encoder

    @property
    def remembered(self) -> tuple[int, int]:
        """How many questions had their vectors kept from before, and how many were encoded."""
        return (self._encoder.hits, self._encoder.misses) if self._encoder else (0, 0)

    def vectors(self, questions: Sequence[str]) -> Floats:
        """Unit vectors of questions by the encoder in use, shape (questions, dimension)."""
        return self.encoder().encode_questions(list(questions)).vectors

    def likeness(self, vectors: Floats, others: Floats) -> Floats:
        """How like each other questions are by their vectors, shape (vectors, others).

        On the scale that all encoders share: 0 unrelated, about 1 the same (see kb/index/directions.py).
        """
        return self._current().snapshot.index.common.scale(vectors @ others.T)

    def searcher(self) -> Searcher:
        """The searcher in use, for evaluation and for explaining."""
        return self._current()

    def _current(self) -> Searcher:
        if self._searcher is None:
            raise NoSnapshot(f"nothing published in {self._data} yet: run `selfhelp index`")
        return self._searcher

    def _encoder_of(self, snapshot: Snapshot) -> Remembered:
        """The encoder in use when the snapshot was made with it, else another."""
        if self._encoder and self._searcher and self._searcher.snapshot.model == snapshot.model:
            return self._encoder
        folder = self._data / MODELS / snapshot.model
        if not folder.is_dir():
            raise ModelMismatch(f"{folder}: the snapshot's model is missing; run `selfhelp index`")
        return Remembered(OnnxEncoder(folder))
