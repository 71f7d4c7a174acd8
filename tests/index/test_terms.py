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


def coverage(
    documents: list[list[str]], asked: list[str], prefix: str, among: list[list[str]] | None = None
) -> list[float]:
    """Share of what the question's terms could reach, the definition read out loud; terms are as rare as
    `among` these documents.
    """
    among = documents if among is None else among
    reached = [0.0] * len(documents)
    whole = 0.0
    for term in asked:
        value = idf(among, sum(term in document for document in among))
        whole += value
        for number, document in enumerate(documents):
            reached[number] += value * weight(documents, document, term)
    if prefix:
        begun = [[term for term in document if term.startswith(prefix)] for document in documents]
        value = idf(among, sum(any(term.startswith(prefix) for term in document) for document in among))
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


@given(st.lists(st.tuples(st.lists(WORDS, max_size=8), st.booleans()), min_size=1), st.lists(WORDS), WORDS)
def test_among_some_documents_terms_are_as_rare_as_they_are_there(
    marked: list[tuple[list[str], bool]], asked: list[str], prefix: str
) -> None:
    documents = [document for document, _ in marked]
    chosen = np.array([there for _, there in marked])
    expected = coverage(documents, asked, prefix, [document for document, there in marked if there])
    found = build_terms(documents).among(chosen).coverage(asked, prefix)
    assert found[chosen] == pytest.approx(np.array(expected)[chosen], abs=1e-5)


@given(st.lists(st.tuples(st.lists(WORDS, max_size=8), st.booleans()), min_size=1), WORDS)
def test_a_term_is_held_by_those_among_which_it_is(marked: list[tuple[list[str], bool]], term: str) -> None:
    terms = build_terms([document for document, _ in marked])
    part = terms.among(np.array([there for _, there in marked]))
    there = {word for document, there in marked if there for word in document}
    assert part.holds(term) == (term in there)
    assert part.holds(term, begun=True) == any(word.startswith(term) for word in there)


@given(st.lists(st.tuples(st.lists(WORDS, max_size=8), st.integers(0, 2)), min_size=1), st.lists(WORDS))
def test_the_documents_of_a_term_are_counted_by_group(
    marked: list[tuple[list[str], int]], asked: list[str]
) -> None:
    terms = build_terms([document for document, _ in marked])
    expected = [[sum(t in d for d, group in marked if group == g) for g in range(3)] for t in asked]
    groups = np.array([group for _, group in marked])
    assert terms.spread(asked, "", groups, 3).tolist() == [row for row in expected if any(row)]


@given(DOCUMENTS, st.lists(WORDS, max_size=6), st.text("abc", max_size=2))
def test_what_a_question_says_is_the_sum_of_its_idf(
    documents: list[list[str]], asked: list[str], prefix: str
) -> None:
    begun = sum(any(term.startswith(prefix) for term in document) for document in documents)
    told = [idf(documents, sum(term in document for document in documents)) for term in asked]
    expected = sum(told) + (idf(documents, begun) if prefix else 0)
    assert build_terms(documents).told(asked, prefix) == pytest.approx(expected, abs=1e-4)


@given(DOCUMENTS, st.text("abc", min_size=1, max_size=2))
def test_words_that_begin_alike_stand_together(documents: list[list[str]], prefix: str) -> None:
    begun = sorted({term for document in documents for term in document if term.startswith(prefix)})
    terms = build_terms(documents)
    start, end = terms.stretch(prefix)
    assert list(terms.vocabulary[start:end]) == begun
    assert terms.begins(prefix) == bool(begun)
    often = [sum(term in document for document in documents) for term in begun]
    assert terms.frequencies[start:end].tolist() == often


@given(DOCUMENTS, st.lists(WORDS, max_size=4), st.integers(0, 5))
def test_the_commonest_is_in_most_of_the_documents_looked_at(
    documents: list[list[str]], asked: list[str], left_out: int
) -> None:
    looked_at = np.array([number != left_out for number in range(len(documents))], dtype=bool)
    seen = [document for document, there in zip(documents, looked_at, strict=True) if there]
    found = build_terms(documents).among(looked_at).commonest(asked)
    often = {term: sum(term in document for document in seen) for term in asked}
    assert often.get(found or "", 0) == max(often.values(), default=0)


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
    assert not build_terms([[]]).begins("re")
    assert build_terms([]).commonest(["re"]) is None
    assert "refund" in build_terms([["refund"]])
