"""How often each term stands in each document, kept so that of many only a changed one is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.phrases import Running
from kb.index.words import Terms, weighed

Ids = npt.NDArray[np.int64]
# Of some millions of postings; twice as wide ones take twice as long.
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Postings in order of term and document, as in Terms, with how often: `times`, shape (postings,)."""

    vocabulary: Sequence[str]
    indptr: Ids
    documents: Numbers
    times: Numbers
    size: int

    def terms(self) -> Terms:
        return weighed(self.vocabulary, self.indptr, (self.documents, self.times), self.size)


NOTHING = Counts(
    vocabulary=(),
    indptr=np.zeros(1, np.int64),
    documents=np.zeros(0, np.int32),
    times=np.zeros(0, np.int32),
    size=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """All that is counted of a set of articles: words and n-grams of each, words of each passage, and the
    words of each in their order.

    `keys` (articles) changes for an article with whatever is counted of it.
    """

    keys: Sequence[str]
    words: Counts
    grams: Counts
    passages: Counts
    running: Running


def recount(before: Counts, places: Ids, fresh: Iterable[Iterable[str]]) -> Counts:
    """Counts of documents most of which were counted `before`.

    `places` (documents now) is where each stood before, ascending, or -1; those at -1 are counted from
    `fresh`, in their order.
    """
    counted = [Counter(terms) for terms in fresh]
    kept = _with_room(_moved(before, places), {term for count in counted for term in count})
    ids = dict(zip(kept.vocabulary, range(len(kept.vocabulary)), strict=True))
    rows = np.array([ids[term] for count in counted for term in count], dtype=np.int64)
    owners = np.repeat(np.flatnonzero(places < 0), [len(count) for count in counted])
    times = np.array([n for count in counted for n in count.values()], dtype=np.int32)
    order = np.lexsort((owners, rows))
    rows, owners = rows[order], owners[order]
    at = _slots(kept, rows, owners)
    more = np.bincount(rows, minlength=len(kept.vocabulary))
    return _without_unused(
        Counts(
            vocabulary=kept.vocabulary,
            indptr=kept.indptr + np.concatenate([[0], more.cumsum()]),
            documents=np.insert(kept.documents, at, owners),
            times=np.insert(kept.times, at, times[order]),
            size=len(places),
        )
    )


def _moved(before: Counts, places: Ids) -> Counts:
    """The postings of documents that stayed, under their new numbers."""
    now = np.full(before.size, -1, dtype=np.int32)
    now[places[places >= 0]] = np.flatnonzero(places >= 0)
    documents = now[before.documents]
    gone = np.flatnonzero(documents < 0)
    return Counts(
        vocabulary=before.vocabulary,
        indptr=before.indptr - np.searchsorted(gone, before.indptr),
        documents=np.delete(documents, gone),
        times=np.delete(before.times, gone),
        size=len(places),
    )


def _with_room(counts: Counts, terms: set[str]) -> Counts:
    """With these terms in the vocabulary, the new ones without postings."""
    new = terms.difference(counts.vocabulary)
    if not new:
        return counts
    vocabulary = sorted([*counts.vocabulary, *new])
    lengths = np.zeros(len(vocabulary), dtype=np.int64)
    old = np.fromiter((term not in new for term in vocabulary), dtype=bool, count=len(vocabulary))
    lengths[old] = np.diff(counts.indptr)
    return Counts(
        vocabulary=vocabulary,
        indptr=np.concatenate([[0], lengths.cumsum()]),
        documents=counts.documents,
        times=counts.times,
        size=counts.size,
    )


def _slots(counts: Counts, terms: Ids, documents: Ids) -> Ids:
    """Where among the postings each new one (term, document) belongs; only those terms are looked through."""
    touched, which = np.unique(terms, return_inverse=True)
    starts = counts.indptr[touched]
    lengths = counts.indptr[touched + 1] - starts
    offsets = np.concatenate([[0], lengths.cumsum()])[: len(touched)]
    rows = np.arange(int(lengths.sum())) + np.repeat(starts - offsets, lengths)
    known = np.repeat(np.arange(len(touched)), lengths) * counts.size + counts.documents[rows]
    slots: Ids = np.searchsorted(known, which * counts.size + documents) - offsets[which] + starts[which]
    return slots


def _without_unused(counts: Counts) -> Counts:
    used = np.diff(counts.indptr) > 0
    if used.all():
        return counts
    return Counts(
        vocabulary=[term for term, wanted in zip(counts.vocabulary, used.tolist(), strict=True) if wanted],
        indptr=counts.indptr[np.concatenate([[True], used])],
        documents=counts.documents,
        times=counts.times,
        size=counts.size,
    )
