"""An engine whose every answer can be worked out on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.errors import NoSnapshot
from kb.index.snapshot import PublishedArticle
from kb.search.engine import Engine
from kb.search.query import Answer, Query, Suggestion

LONG = "".join(
    f'<h2 id="part-{n}">Part <em>{n}</em> &amp; more</h2><p>Text KB2534111.</p>' for n in (1, 2, 3)
)


def article(slug: str, locale: str, title: str, html: str = "<p>Text.</p>") -> PublishedArticle:
    return PublishedArticle(
        slug=slug,
        locale=locale,
        title=title,
        html=html,
        url=None,
        updated=date(2026, 5, 1),
        tags=(),
        path=f"{locale}/first-steps/{slug}.md",
        folder="first-steps",
    )


ARTICLES = [
    article("black-screen", "en", "Black screen", LONG),
    article("black-screen", "es", "Pantalla negra"),
    article("black-screen", "he", "מסך שחור"),
    article("refunds", "en", "Refunds <b>& more"),
]


class PaperEngine(Engine):
    """Confidence is the share of a title's words that the question has; over 0.4 is answered."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, floor=0.4)
        self.published: str | None = "paper"
        self.asked: list[Query] = []
        (folder / "dot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        self.folder = folder

    @property
    def ready(self) -> bool:
        return self.published is not None

    @property
    def snapshot_id(self) -> str | None:
        return self.published

    def suggest(self, query: Query) -> Answer:
        if self.published is None:
            raise NoSnapshot("nothing yet")
        self.asked.append(query)
        words = set(query.text.lower().split())
        scored = {
            one: len(words & set(one.title.lower().split())) / len(one.title.split())
            for one in self._in("en")
        }
        floor = 0.4 if query.min_confidence is None else query.min_confidence
        best = sorted((one for one in scored if scored[one] >= floor), key=lambda one: -scored[one])[
            : query.limit
        ]
        shown = tuple(_suggestion(one, scored[one], rank) for rank, one in enumerate(best, 1))
        top = max(scored.values())
        return Answer(snapshot_id=self.published, answered=top >= 0.4, confidence=top, suggestions=shown)

    def vectors(self, questions: Sequence[str]) -> npt.NDArray[np.float32]:
        """An axis for each word, by its length and first letter; unit length."""
        made = np.zeros((len(questions), 512), dtype=np.float32)
        for row, question in zip(made, questions, strict=True):
            for word in question.lower().split():
                row[(31 * len(word) + ord(word[0])) % 512] = 1
        unit: npt.NDArray[np.float32] = made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1)
        return unit

    def likeness(
        self, vectors: npt.NDArray[np.float32], others: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        return vectors @ others.T

    def article(self, locale: str, slug: str) -> PublishedArticle | None:
        slug = {"dark-screen": "black-screen"}.get(slug, slug)
        return next((one for one in self._in(locale) if one.slug == slug), None)

    def articles(self, locale: str) -> list[PublishedArticle]:
        return self._in(locale)

    def locales(self) -> tuple[str, ...]:
        if self.published is None:
            raise NoSnapshot("nothing yet")
        return ("en", "es", "he")

    def image(self, name: str) -> Path | None:
        return self.folder / name if name == "dot.svg" else None

    def _in(self, locale: str) -> list[PublishedArticle]:
        if self.published is None:
            raise NoSnapshot("nothing yet")
        return [one for one in ARTICLES if one.locale == locale]


def _suggestion(one: PublishedArticle, confidence: float, rank: int) -> Suggestion:
    return Suggestion(
        slug=one.slug,
        locale=one.locale,
        title=one.title,
        url=f"/help/{one.locale}/{one.slug}",
        anchor="part-1",
        excerpt="Text KB2534111.",
        highlights=((0, 4),),
        confidence=confidence,
        rank=rank,
        explanation={},
    )
