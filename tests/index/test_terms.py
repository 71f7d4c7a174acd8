"""The word index against BM25 as it is written down, term by term and document by document."""

from __future__ import annotations

from math import log
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.words import K1, build_terms

WORDS = st.text("abc", min_size=1, max_size=3)
DOCUMENTS = st.lists(st.lists(WORDS, max_size=8), min_size=1, max_size=6)


def weight(documents: list[list[str]], document: list[str], term: str) -> float:
    """Term frequency, saturated and compared with the usual length; between 0 and 1."""
    usual = max(1, sum(map(len, documents)) / len(documents))
    tf = document.count(term)
    return tf / (tf + K1 * len(document) / usual) if tf else 0


def idf(documents: list[list[str]], df: int) -> float:
    return log(1 + (len(documents) - df + 0.5) / (df + 0.5))


def coverage(documents: list[list[str]], asked: list[str], prefix: str) -> list[float]:
    """Share of what the question's terms could reach, the definition read out loud."""
    reached = [0.0] * len(documents)
    whole = 0.0
    for term in asked:
        value = idf(documents, sum(term in document for document in documents))
        whole += value
        for number, document in enumerate(documents):
            reached[number] += value * weight(documents, document, term)
    if prefix:
        begun = [[term for term in document if term.startswith(prefix)] for document in documents]
        value = idf(documents, sum(map(bool, begun)))
        whole += value
        for number, terms in enumerate(begun):
            best = max((weight(documents, documents[number], term) for term in terms), default=0)
            reached[number] += value * best
    return [share / whole if whole else 0 for share in reached]


@given(DOCUMENTS, st.lists(WORDS, max_size=6), st.text("abc", max_size=2))
def test_coverage_is_the_definition(documents: list[list[str]], asked: list[str], prefix: str) -> None:
    found = build_terms(documents).coverage(asked, prefix)
    assert found == pytest.approx(coverage(documents, asked, prefix), abs=1e-5)
    assert ((found >= 0) & (found <= 1)).all()


@given(DOCUMENTS, st.text("abc", min_size=1, max_size=2))
def test_the_likeliest_word_is_in_most_documents_of_those_that_begin_so(
    documents: list[list[str]], prefix: str
) -> None:
    begun = sorted({term for document in documents for term in document if term.startswith(prefix)})
    most = max(begun, key=lambda term: sum(term in document for document in documents), default=None)
    assert build_terms(documents).likeliest(prefix) == most


@given(DOCUMENTS, st.lists(WORDS, max_size=6))
def test_what_was_saved_covers_the_same(documents: list[list[str]], asked: list[str]) -> None:
    terms = build_terms(documents)
    with TemporaryDirectory() as folder:
        terms.save(Path(folder) / "words.npz")
        again = type(terms).load(Path(folder) / "words.npz")
    assert list(again.vocabulary) == list(terms.vocabulary)
    assert np.array_equal(again.coverage(asked, "a"), terms.coverage(asked, "a"))


def test_a_prefix_finds_the_words_that_go_on() -> None:
    terms = build_terms([["refund", "paid"], ["residence"], ["invoice"]])
    assert (terms.coverage([], "ref") > 0).tolist() == [True, False, False]
    assert (terms.coverage([], "re") > 0).tolist() == [True, True, False]
    assert (terms.coverage([], "invoices") > 0).tolist() == [False, False, False]


def test_words_that_nobody_wrote_lower_the_share() -> None:
    terms = build_terms([["refund"], ["invoice"]])
    assert terms.coverage(["refund", "qwerty"])[0] < terms.coverage(["refund"])[0] / 2


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    terms = build_terms([["the", "refund"], ["the", "card"], ["the", "screen"]])
    first, second, third = terms.coverage(["the", "refund"]).tolist()
    assert first > 2 * second == 2 * third > 0


def test_no_documents_and_no_words_cover_nothing() -> None:
    assert build_terms([]).coverage(["refund"], "re").tolist() == []
    assert build_terms([[], []]).coverage(["refund"], "re").tolist() == [0, 0]
    assert build_terms([["refund"]]).coverage([]).tolist() == [0]
    assert build_terms([[]]).likeliest("re") is None
    assert "refund" in build_terms([["refund"]])
