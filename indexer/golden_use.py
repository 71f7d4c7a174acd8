"""Golden questions out of use: what customers found solved, and what verified gaps were about.

Imported only where there is a database, since it brings sqlalchemy along.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.golden import CLOSED_GAP, CONFIRMED, Golden
from kb.store.gaps import VERIFIED, gap_questions_of, read_gaps
from kb.store.solved import read_solved
from kb.store.store import Store
from kb.usage.learned import learnable
from kb.usage.shelf import Shelf

# In a gap's `replay`: the articles [slug, locale] that answer its questions, and the texts they do not.
ARTICLES, FAILING = "articles", "failing"


def golden_of_use(store: Store, shelf: Shelf) -> list[Golden]:
    """Verified gaps first, then solves that were not taken back, the newest first."""
    return [*_of_gaps(store), *_of_solves(store, shelf)]


def _of_gaps(store: Store) -> Iterator[Golden]:
    for gap in read_gaps(store):
        slugs = frozenset(slug for slug, _ in gap.replay.get(ARTICLES, ()))
        if gap.status != VERIFIED or not slugs:
            continue
        failing = gap.replay.get(FAILING)
        left_out = set(failing) if isinstance(failing, list) else set()
        for asked in gap_questions_of(store, gap.gap_id):
            if asked.text not in left_out:
                yield Golden(text=asked.text, slugs=slugs, locale=asked.locale, source=CLOSED_GAP)


def _of_solves(store: Store, shelf: Shelf) -> list[Golden]:
    said = (solve for row in read_solved(store) if (solve := shelf.solve(row)))
    standing = sorted(learnable(said), key=lambda solve: solve.at, reverse=True)
    return [
        Golden(
            text=solve.question,
            slugs=frozenset({solve.article[1]}),
            locale=solve.article[0],
            source=CONFIRMED,
        )
        for solve in standing
    ]
