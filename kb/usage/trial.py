"""What a draft would do if it were published now: which questions it answers, and which it takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kb.index.encoded import Encoded
from kb.index.index import Index
from kb.index.snapshot import Snapshot
from kb.search.metrics import DEEPEST, SHOWN
from kb.usage.draft_index import DraftIndex
from kb.usage.replay import Asker, Found, Key, Wording
from kb.usage.substance import says_something
from kb.usage.twins import has_twin, words_of

PARTS: Final = 4
"""Parts in which questions that stand in the draft are left out: the others' passages stay as they are."""
COMPARED: Final = 200
"""Of other articles' questions those nearest to the draft are asked: only they can be taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A question whose article is known, any of `slugs`; `source` says where from.

    `persons` is how many asked it so, None for what a writer wrote; `digest` that of the passage it is.
    """

    text: str
    locale: str | None
    slugs: frozenset[str]
    source: str
    persons: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A question of another article that the draft pushes from place `before`; `now` None is below ten."""

    question: Known
    before: int
    now: int | None

    @property
    def lost(self) -> bool:
        """Whether its article is no longer among the first three."""
        return self.now is None or self.now > SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Of a gap's `asked` questions the draft would answer `answered`; `failing` are the other wordings.

    `empty`: it says nothing about them yet, so that none counts. Of other articles' `compared` questions it
    takes away `taken`, and `hidden` more that one person alone asked.
    """

    article: Key
    asked: int
    answered: int
    failing: tuple[str, ...]
    empty: bool
    compared: int
    taken: tuple[Taken, ...]
    hidden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a draft is tried on: what is published, the floor of confidence and that of people."""

    snapshot: Snapshot
    encoded: Encoded
    floor: float
    least_persons: int


def try_draft(draft: DraftIndex, asked: Sequence[Wording], known: Sequence[Known], bench: Bench) -> Trial:
    """Asks the gap's questions, and those of other articles before and after."""
    whole = draft.index()
    empty = whole is None or not _says_something(draft, asked, bench)
    failing = list(asked) if empty else _failing(draft, asked, bench)
    others = _nearest([one for one in known if draft.key[1] not in one.slugs], draft, bench)
    taken = _taken(others, bench, whole) if whole else []
    shown = [one for one in taken if _may_be_shown(one.question, bench.least_persons)]
    total = sum(one.count for one in asked)
    return Trial(
        article=draft.key,
        asked=total,
        answered=total - sum(one.count for one in failing),
        failing=tuple(one.text for one in failing),
        empty=empty,
        compared=len(others),
        taken=tuple(shown),
        hidden=len(taken) - len(shown),
    )


def _says_something(draft: DraftIndex, asked: Sequence[Wording], bench: Bench) -> bool:
    bodies = [place for place, one in enumerate(draft.own) if not one.named]
    texts = [one.text for one in asked]
    return says_something(
        [draft.own[place].text for place in bodies],
        draft.own_vectors[bodies],
        (texts, bench.encoded.vectors(texts)),
        bench.snapshot.index.common,
    )


def _failing(draft: DraftIndex, asked: Sequence[Wording], bench: Bench) -> list[Wording]:
    """Questions that the draft does not answer; each asked without the title or question it stands in as."""
    own = [words_of(one.text) for one in draft.own if one.named]
    words = [words_of(one.text) for one in asked]
    twins = [place for place, one in enumerate(words) if has_twin(one, own)]
    parts = [twins[part::PARTS] for part in range(PARTS)]
    rest = [place for place in range(len(asked)) if place not in set(twins)]
    failing: list[int] = []
    for places, without in [(rest, []), *((part, [words[place] for place in part]) for part in parts)]:
        index = draft.index(without) if places else None
        found = _asker(index, bench).ask([asked[place] for place in places]) if index else [[]] * len(places)
        failing += [
            place for place, one in zip(places, found, strict=True) if not _answers(one, draft.key, bench)
        ]
    return [asked[place] for place in sorted(failing)]


def _answers(found: Sequence[Found], key: Key, bench: Bench) -> bool:
    return any(one.article == key and one.confidence >= bench.floor for one in found)


def _nearest(known: Sequence[Known], draft: DraftIndex, bench: Bench) -> list[Known]:
    if len(known) <= COMPARED:
        return list(known)
    # A passage's vector will do: encoding two thousand questions would take four seconds.
    fresh = [one.text for one in known if one.digest not in draft.encoded]
    made = dict(zip(fresh, bench.encoded.vectors(fresh), strict=True))
    vectors = np.stack(
        [made[one.text] if one.text in made else draft.encoded[one.digest].vector for one in known]
    )
    near = (vectors @ draft.own_vectors.T).max(axis=1)
    return [known[place] for place in np.argsort(-near, kind="stable")[:COMPARED].tolist()]


def _taken(known: Sequence[Known], bench: Bench, after: Index) -> list[Taken]:
    """Questions that lose the first place, or their place among the first three, the worst first."""
    ranks = [_ranks(known, _asker(index, bench)) for index in (bench.snapshot.index, after)]
    taken = [
        Taken(question=one, before=before, now=now)
        for one, before, now in zip(known, *ranks, strict=True)
        if before and before <= SHOWN and now != before and (before == 1 or not now or now > SHOWN)
    ]
    return sorted(taken, key=lambda one: (not one.lost, one.before))


def _ranks(known: Sequence[Known], asker: Asker) -> list[int | None]:
    """Of each question's first article that is right; None below ten."""
    found = asker.ask([Wording(text=one.text, locale=one.locale) for one in known], DEEPEST)
    return [
        next((place for place, article in enumerate(ten, start=1) if article.article[1] in one.slugs), None)
        for one, ten in zip(known, found, strict=True)
    ]


def _asker(index: Index, bench: Bench) -> Asker:
    return Asker(index, bench.snapshot.ranking, bench.encoded)


def _may_be_shown(known: Known, least_persons: int) -> bool:
    return known.persons is None or known.persons >= least_persons
