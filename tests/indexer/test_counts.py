"""Counting what has changed comes to what counting everything does."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.index.counts import NOTHING, Counts, recount
from kb.index.words import Terms, build_terms

Document = list[str]
DOCUMENTS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=8), max_size=8)


def counted(documents: list[Document]) -> Counts:
    return recount(NOTHING, np.full(len(documents), -1), documents)


def same(one: Terms, other: Terms) -> bool:
    arrays = ((getattr(one, name), getattr(other, name)) for name in ("indptr", "documents", "weights"))
    known = list(one.vocabulary) == list(other.vocabulary) and one.size == other.size
    return known and all(np.array_equal(a, b) for a, b in arrays)


@given(DOCUMENTS)
def test_counting_from_nothing_is_building(documents: list[Document]) -> None:
    assert same(counted(documents).terms(), build_terms(documents))


@given(DOCUMENTS, DOCUMENTS, st.data())
def test_documents_that_stay_go_and_come_count_as_if_all_were_counted_anew(
    old: list[Document], new: list[Document], data: st.DataObject
) -> None:
    before = counted(old)
    stay = [number for number in range(len(old)) if data.draw(st.booleans())]
    mixed: list[tuple[int, Document]] = [(-1, document) for document in new]
    for number in stay:
        least = max((place + 1 for place, (was, _) in enumerate(mixed) if was >= 0), default=0)
        mixed.insert(data.draw(st.integers(least, len(mixed))), (number, old[number]))
    places = np.array([was for was, _ in mixed], dtype=np.int64)
    again = recount(before, places, [document for was, document in mixed if was < 0])
    assert same(again.terms(), build_terms([document for _, document in mixed]))
