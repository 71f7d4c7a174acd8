"""The publishing gate: whether a new snapshot finds the golden questions' articles as well as the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.golden import ASKED, Golden, GoldenEncoder, Shelf, normal, shelf_of
from kb.index.content import Content
from kb.index.index import Index
from kb.index.ranking import Weights
from kb.search.locales import nearest_locale
from kb.search.metrics import DEEPEST, SHOWN
from kb.search.rank import Ranker

Rank = int | None
# Parts in which questions that became passages are left out: the others' passages stay as they are.
PARTS = 4
# When so many questions have lost their article, the folder is likelier to be the wrong one.
ORPHANED = 0.1

Indexed = Callable[[Content], Index]
"""The index over a part of the articles' passages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A golden question with the rank of its article before (None: not among the first ten, or not asked) and
    now.
    """

    question: Golden
    before: Rank
    now: Rank
    compared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the golden questions say; `orphaned` have no article any more, `points` may be lost."""

    asked: tuple[Replayed, ...]
    orphaned: tuple[Golden, ...]
    points: float

    @property
    def compared(self) -> list[Replayed]:
        return [one for one in self.asked if one.compared]

    @property
    def before(self) -> float | None:
        """Success@3 in percent of the last snapshot, on the questions asked of both; None without any."""
        return _success([one.before for one in self.compared])

    @property
    def now(self) -> float | None:
        """The same of the new one."""
        return _success([one.now for one in self.compared])

    @property
    def losing(self) -> list[Replayed]:
        """Questions that found their article among the first three and do not any more."""
        return [one for one in self.compared if _found(one.before) and not _found(one.now)]

    @property
    def winning(self) -> list[Replayed]:
        return [one for one in self.compared if _found(one.now) and not _found(one.before)]

    @property
    def fallen(self) -> bool:
        before, now = self.before, self.now
        return before is not None and now is not None and round(before - now, 9) > self.points

    @property
    def emptied(self) -> bool:
        """Whether so many articles have gone that it looks like a mistake."""
        return len(self.orphaned) > ORPHANED * (len(self.asked) + len(self.orphaned))

    @property
    def open(self) -> bool:
        return not self.fallen and not self.emptied


def ranks_of(
    golden: Sequence[Golden], content: Content, indexed: Indexed, weights: Weights, encoder: GoldenEncoder
) -> dict[str, Rank]:
    """The rank of each question's article by the question's key; orphaned ones have none.

    A question that has itself become a passage of its article is asked of an index without that passage.
    """
    if not golden:
        return {}
    shelf = shelf_of(content)
    there = [one for one in golden if shelf.right(one)]
    became = [one for one in there if shelf.became(one)]
    parts = [[one for one in became if int(one.key, 16) % PARTS == part] for part in range(PARTS)]
    ranks = index_ranks(
        [one for one in there if one not in became], indexed(content), shelf, weights, encoder
    )
    for part in filter(None, parts):
        ranks |= index_ranks(part, indexed(_without(content, part, shelf)), shelf, weights, encoder)
    return ranks


def index_ranks(
    golden: Sequence[Golden], index: Index, shelf: Shelf, weights: Weights, encoder: GoldenEncoder
) -> dict[str, Rank]:
    """The rank of each question's article in an index as it is."""
    if not golden:
        return {}
    ranker = Ranker(index, encoder)
    locales = [nearest_locale(one.locale, index.known_locales) for one in golden]
    typed = [ranker.read(one.text, locale) for one, locale in zip(golden, locales, strict=True)]
    encoded = encoder.of([one.meaning for one in typed])
    ranks: dict[str, Rank] = {}
    for one, read, asked, locale in zip(golden, typed, encoded, locales, strict=True):
        found = [] if read.empty else ranker.rank(read, asked, locale, weights).articles[:DEEPEST].tolist()
        right = shelf.right(one)
        places = (place for place, row in enumerate(found, start=1) if index.slugs[row] in right)
        ranks[one.key] = next(places, None)
    return ranks


def _without(content: Content, golden: Sequence[Golden], shelf: Shelf) -> Content:
    """The articles without the passages that these questions became."""
    gone: dict[str, set[str]] = {}
    for one in golden:
        for slug in shelf.right(one):
            gone.setdefault(slug, set()).add(normal(one.text))
    return replace(
        content,
        passages=tuple(
            tuple(
                one
                for one in passages
                if one.kind not in ASKED or one.slug not in gone or normal(one.text) not in gone[one.slug]
            )
            for passages in content.passages
        ),
    )


def judge(
    golden: Sequence[Golden], now: Mapping[str, Rank], before: Mapping[str, Rank], points: float
) -> Gate:
    """Compares ranks by the questions' keys; a question without one now is orphaned."""
    return Gate(
        asked=tuple(
            Replayed(question=one, before=before.get(one.key), now=now[one.key], compared=one.key in before)
            for one in golden
            if one.key in now
        ),
        orphaned=tuple(one for one in golden if one.key not in now),
        points=points,
    )


def _found(rank: Rank) -> bool:
    return rank is not None and rank <= SHOWN


def _success(ranks: Iterable[Rank]) -> float | None:
    found = [_found(rank) for rank in ranks]
    return 100 * sum(found) / len(found) if found else None
