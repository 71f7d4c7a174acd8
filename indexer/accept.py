"""Whether an int8 encoder answers as well as its fp32 original, on questions made of the articles."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from kb.content.article import Article, Passage
from kb.content.passages import passages_of
from kb.index.encoder import Encoder
from kb.search.metrics import SHOWN

ARTICLES = 60
PASSAGES = 2
# Points of success@3 that int8 may lose.
TOLERATED = 0.5
# One-sided 95 %: a loss counts only if as many questions would hardly change sides by chance. Of 200
# questions a single one is half a point already.
CERTAIN = 1.645


def answers_as_well(full: Encoder, small: Encoder, articles: Sequence[Article]) -> bool:
    """Asks each sampled article's title and questions of its other passages, with both encoders."""
    sample = random.Random(1).sample(articles, min(ARTICLES, len(articles)))  # noqa: S311 - not a secret
    asked: list[Passage] = []
    answering: list[Passage] = []
    for article in sample:
        passages = passages_of(article)
        bodies = [passage for passage in passages if not passage.named][:PASSAGES]
        names = [passage for passage in passages if passage.named][: PASSAGES + 1]
        asked += names if bodies else names[1:]
        answering += bodies or names[:1]
    if not asked:
        return True
    with_full, with_small = (_found(encoder, asked, answering) for encoder in (full, small))
    lost = int((with_full & ~with_small).sum()) - int((with_small & ~with_full).sum())
    changed = int((with_full ^ with_small).sum())
    return lost <= TOLERATED / 100 * len(asked) + CERTAIN * math.sqrt(changed)


def _found(encoder: Encoder, asked: list[Passage], answering: list[Passage]) -> npt.NDArray[np.bool_]:
    """Whether each question finds its article among the first three, by meaning alone."""
    questions = encoder.encode_questions([passage.text for passage in asked]).vectors
    passages = encoder.encode_passages([f"{p.heading} {p.text}" for p in answering]).vectors
    cosines = questions @ passages.T
    found = np.zeros(len(asked), dtype=np.bool_)
    for number, (passage, row) in enumerate(zip(asked, cosines, strict=True)):
        nearest = (answering[place] for place in np.argsort(-row).tolist())
        best = list(islice(dict.fromkeys((one.locale, one.slug) for one in nearest), SHOWN))
        found[number] = (passage.locale, passage.slug) in best
    return found
