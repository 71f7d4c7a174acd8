"""What an index run is asked for, works with and comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from indexer.found import ArticlesFolder
from indexer.gate import Gate
from indexer.golden import Golden
from indexer.lazy_encoder import LazyEncoder
from indexer.plan import Plan
from indexer.previous import Before
from kb.index.content import Content, Key
from kb.index.encoder import Encoder


class Reporter(Protocol):
    """Is told how far a run has come."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """A stage of `total` steps begins; the result is told how many more are done."""
        ...


class Learner(Protocol):
    """Knows what customers asked for each article."""

    def learn(self, content: Content, encoder: Encoder) -> Mapping[Key, Sequence[str]]:
        """Questions by article (locale, slug)."""
        ...

    def golden(self, content: Content) -> Sequence[Golden]:
        """Questions whose articles are known to answer them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a run is wanted: `full` takes nothing over from the last snapshot, `force` publishes whatever the
    gate says, which lets `points` of success@3 be lost.
    """

    full: bool = False
    force: bool = False
    points: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to; `snapshot_id` is the published one, an old one if nothing changed or the gate
    is closed, None if there is none.

    Of the passages `learned` are customers' questions and `encoded` are new. `unspoken` are locales of
    articles in languages that the model was not trained on. `gate` is None when nothing changed.
    """

    snapshot_id: str | None
    published: bool
    plan: Plan
    articles: int
    passages: int
    learned: int
    encoded: int
    seconds: float
    unspoken: tuple[str, ...]
    gate: Gate | None = None

    @property
    def refused(self) -> bool:
        return self.gate is not None and not self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a run works with; `before` is the published snapshot if it can be read."""

    found: ArticlesFolder
    images: Path
    data: Path
    model: str
    before: Before | None
    reporter: Reporter
    learner: Learner | None
    wish: Wish
    encoder: LazyEncoder

    @property
    def kept(self) -> Before | None:
        """The published snapshot, if what was worked out for it holds for this run."""
        return (
            None if self.before is None or self.before.model != self.model or self.wish.full else self.before
        )
