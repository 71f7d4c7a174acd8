"""The index over articles whose passages are encoded."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from kb.index.content import Content, begun_of, grams_in, numbers_in, words_in
from kb.index.counts import Counted
from kb.index.directions import find_common
from kb.index.encoding import Encoding
from kb.index.index import Index
from kb.index.late import TokenVectors
from kb.index.phrases import Phrases, running
from kb.index.prototypes import Told, find_prototypes, groups_of
from kb.index.spellings import Spellings
from kb.index.vectors import FaissVectors
from kb.index.words import build_terms

Floats = npt.NDArray[np.float32]

# A passage from the middle of an article says little of what the article is about; mixed with so much
# of its title's vector it does. Between 0.3 and 0.6 makes no difference on the sets tried.
TITLE_SHARE = 0.3


def index_of(content: Content, encoded: Mapping[str, Encoding], counted: Counted | None = None) -> Index:
    """The index over these articles; `encoded` has at least their passages, by digest.

    What is `counted` of their words already is not counted again.
    """
    here = [encoded[passage.digest] for passage in content.flat]
    mixed = _with_titles(content, np.array([one.vector for one in here]))
    named = np.array([passage.named for passage in content.flat], dtype=bool)
    article = np.repeat(np.arange(len(content.articles)), np.diff(content.bounds, axis=1)[:, 0])
    locales = [article.locale for article in content.articles]
    subjects = content.subjects
    others = [encoded[one.digest] for one in content.beside if one.digest in encoded]
    if counted:
        word_index, gram_index = counted.words.terms(), counted.grams.terms()
        told = counted.running
    else:
        told = running(numbers_in(content, number) for number in range(len(content.articles)))
        word_index, gram_index = (
            build_terms(terms(content, number) for number in range(len(content.articles)))
            for terms in (words_in, grams_in)
        )
    return Index(
        slugs=[article.slug for article in content.articles],
        locales=locales,
        suggestible=np.array([article.suggest for article in content.articles], dtype=bool),
        bounds=content.bounds,
        named=named,
        vectors=FaissVectors.of(mixed),
        tokens=TokenVectors.of(
            [one.tokens for one in here], subjects[article], [one.tokens for one in others]
        ),
        common=find_common(mixed, content.bounds, subjects, np.array([one.vector for one in others])),
        prototypes=find_prototypes(
            Told(
                vectors=mixed,
                begun=begun_of(content, encoded),
                named=named,
                article=article,
                group=groups_of(locales),
                subject=subjects,
            ),
            others,
        ),
        words=word_index,
        grams=gram_index,
        phrases=Phrases.of(told, word_index.vocabulary),
        synonyms=content.synonyms,
        spellings=Spellings.of(content.flat),
    )


def _with_titles(content: Content, vectors: Floats) -> Floats:
    """Body passages moved towards their article's title, at unit length again."""
    mixed = vectors.copy()
    for passages, (start, _) in zip(content.passages, content.bounds.tolist(), strict=True):
        if passages[0].kind == "title":
            bodies = [start + place for place, passage in enumerate(passages) if not passage.named]
            mixed[bodies] += TITLE_SHARE * vectors[start]
    unit: Floats = mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)
    return unit
