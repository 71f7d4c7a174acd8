"""Whether an int8 encoder answers as well as its fp32 original, on questions made of the articles."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from kb.content.article import Article, Passage
from kb.content.passages import passages_of
from kb.index.encoder import Encoder

ARTICLES = 100
PASSAGES = 4
# Points of success@3 that int8 may lose.
TOLERATED = 0.5


def answers_as_well(full: Encoder, small: Encoder, articles: Sequence[Article]) -> bool:
    """Asks each sampled article's title and questions of its other passages, with both encoders."""
    sample = random.Random(1).sample(articles, min(ARTICLES, len(articles)))  # noqa: S311 - not a secret
    asked: list[Passage] = []
    answering: list[Passage] = []
    for article in sample:
        passages = passages_of(article)
        bodies = [passage for passage in passages if passage.kind == "body"][:PASSAGES]
        names = [passage for passage in passages if passage.kind != "body"][: PASSAGES + 1]
        asked += names if bodies else names[1:]
        answering += bodies or names[:1]
    if not asked:
        return True
    lost = _success(full, asked, answering) - _success(small, asked, answering)
    return lost <= TOLERATED


def _success(encoder: Encoder, asked: list[Passage], answering: list[Passage]) -> float:
    """success@3 in points, by meaning alone."""
    questions = encoder.encode_questions([passage.text for passage in asked])
    cosines = questions @ encoder.encode_passages([f"{p.heading} {p.text}" for p in answering]).T
    owners = np.array([hash((p.locale, p.slug)) for p in answering])
    found = 0
    for passage, row in zip(asked, cosines, strict=True):
        best: dict[int, None] = {}
        for place in np.argsort(-row):
            best.setdefault(int(owners[place]))
            if len(best) == 3:
                break
        found += hash((passage.locale, passage.slug)) in best
    return 100 * found / len(asked)
