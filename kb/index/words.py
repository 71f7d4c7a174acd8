"""BM25 over terms, as sparse postings: how much of a question's words each document covers.

Source: Robertson and Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.index.text import is_unspaced

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int64] | npt.NDArray[np.int32]

K1 = 1.2
# Characters of a script without spaces that stand in any text of a language: the fifty commonest make up 40 %
# of Chinese articles, 64 % of Japanese ones (gnome).
USUAL = 50
# A term in more than this share of the documents says little of any.
COMMON = 0.2


class Usual(NamedTuple):
    """Characters, and their share of all."""

    signs: frozenset[str]
    share: float


class Terms:
    """Postings of one kind of term in `size` documents.

    `vocabulary` is sorted, so that all words with one beginning are a stretch of it. The postings of
    term t are [indptr[t], indptr[t + 1]) of `documents` and `weights`: BM25 without idf and without
    the constant factor k1 + 1, so that each lies between 0 and 1.
    """

    def __init__(
        self, vocabulary: Sequence[str], indptr: Integers, postings: tuple[Integers, Floats], size: int
    ) -> None:
        self.vocabulary = vocabulary
        self.indptr = indptr
        self.documents, self.weights = postings
        self.size = size
        self._count(np.diff(indptr), np.ones(size, dtype=bool))
        # Not by dict(zip(…)), which would keep the other threads of a server waiting.
        self._ids = {term: row for row, term in enumerate(vocabulary)}

    def _count(self, frequencies: Integers, among: Flags) -> None:
        self._among = among
        self._many = int(np.count_nonzero(among))
        self.frequencies = frequencies.astype(np.int32)
        self.idf = _idf(frequencies, self._many)
        self._unseen = float(_idf(np.zeros(1, dtype=np.int64), self._many)[0])
        self._usual: Usual | None = None
        self._common: frozenset[str] | None = None

    def among(self, documents: Flags) -> Terms:
        """The same postings, where a term is as rare as it is among these documents, flags of shape (size,).

        What it says of other documents means nothing.
        """
        if documents.all():
            return self
        part = copy(self)
        term_of = np.repeat(np.arange(len(self.indptr) - 1), np.diff(self.indptr))
        found = np.bincount(term_of[documents[self.documents]], minlength=len(self.indptr) - 1)
        part._count(found, documents)
        return part

    def spread(self, terms: Iterable[str], prefix: str, groups: Integers, count: int) -> Integers:
        """In how many documents of each of `count` groups each known term stands, shape (terms, count), where
        `groups` has each document's; `prefix` counts by all words that begin so.
        """
        stretches = [(row, row + 1) for term in terms if (row := self._ids.get(term, -1)) >= 0]
        if prefix:
            stretches.append(self.stretch(prefix))
        found = [groups[self.documents[self.indptr[start] : self.indptr[end]]] for start, end in stretches]
        return np.array([np.bincount(one, minlength=count) for one in found if len(one)]).reshape(-1, count)

    def __contains__(self, term: str) -> bool:
        return term in self._ids

    def coverage(self, terms: Iterable[str], prefix: str = "") -> Floats:
        """BM25 of each document, shape (size,), as a share of what the question's terms could reach.

        Terms that no document holds count in the whole: a question half of whose words are unknown
        here is covered by half at most. `prefix` is a last word that may be half typed.
        """
        found = [self._ids.get(term, -1) for term in terms]
        known = [row for row in found if row >= 0]
        whole = self._unseen * (len(found) - len(known))
        scores = np.zeros(self.size, dtype=np.float32)
        if known:
            rows = np.array(known, dtype=np.int64)
            weights = self.idf[rows]
            whole += float(weights.sum())
            scores += self._sum(rows, weights)
        if prefix:
            reached, weight = self._prefixed(prefix)
            scores += weight * reached
            whole += weight
        return scores / whole if whole else scores

    def told(self, terms: Iterable[str], prefix: str = "") -> float:
        """How much a question's terms say: the sum of their idf, as of one more where no document has one."""
        found = [self._ids.get(term, -1) for term in terms]
        weights = [float(self.idf[row]) if row >= 0 else self._unseen for row in found]
        return sum(weights) + (self._prefixed(prefix)[1] if prefix else 0.0)

    def holds(self, term: str, *, begun: bool = False) -> bool:
        """Whether one of the documents that these are `among` has the term, or one that begins so."""
        row = self._ids.get(term, -1)
        start, end = self.stretch(term) if begun else (row, row + 1)
        return start >= 0 and bool(self.frequencies[start:end].any())

    def holding(self, term: str) -> list[int]:
        """The documents that have a term, of those that these are `among`."""
        row = self._ids.get(term, -1)
        found = self.documents[self.indptr[row] : self.indptr[row + 1]] if row >= 0 else self.documents[:0]
        documents: list[int] = found[self._among[found]].tolist()
        return documents

    def begins(self, prefix: str) -> bool:
        """Whether any document has a word that begins so."""
        start, end = self.stretch(prefix)
        return start < end

    def commonest(self, terms: Iterable[str]) -> str | None:
        """The one in most documents; None where no document has any of them."""
        rows = [row for term in terms if (row := self._ids.get(term, -1)) >= 0]
        most = max(rows, key=lambda row: int(self.frequencies[row]), default=None)
        return self.vocabulary[most] if most is not None and self.frequencies[most] else None

    def usual(self) -> Usual:
        """Characters of scripts without spaces that begin terms most often; worked out when first asked."""
        if self._usual is None:
            often: Counter[str] = Counter()
            row = 0
            # From one first character to the next: many times fewer than there are terms.
            while row < len(self.vocabulary):
                sign = self.vocabulary[row][0]
                _, end = self.stretch(sign)
                if is_unspaced(sign):
                    often[sign] = int(self.frequencies[row:end].sum())
                row = end
            most = dict(often.most_common(USUAL))
            self._usual = Usual(frozenset(most), sum(most.values()) / max(1, often.total()))
        return self._usual

    def common(self) -> frozenset[str]:
        """Terms in so many documents that they say little; worked out when first asked."""
        if self._common is None:
            rows = np.flatnonzero(self.frequencies > max(1, COMMON * self._many))
            self._common = frozenset(self.vocabulary[row] for row in rows.tolist())
        return self._common

    def stretch(self, prefix: str) -> tuple[int, int]:
        """Where in the vocabulary the words stand that begin so: [start, end)."""
        start = bisect_left(self.vocabulary, prefix)
        return start, bisect_left(self.vocabulary, prefix + "\U0010ffff", lo=start)

    def _sum(self, rows: Integers, weights: Floats) -> Floats:
        starts, ends = self.indptr[rows], self.indptr[rows + 1]
        counts = ends - starts
        offsets = np.repeat(starts - np.concatenate([[0], counts.cumsum()[:-1]]), counts)
        at = np.arange(int(counts.sum())) + offsets
        values = self.weights[at] * np.repeat(weights, counts)
        return np.bincount(self.documents[at], values, self.size).astype(np.float32)

    def _prefixed(self, prefix: str) -> tuple[Floats, float]:
        """Each document's best word that begins so, and the weight of the prefix as one term."""
        start, end = self.stretch(prefix)
        stretch = slice(self.indptr[start], self.indptr[end])
        reached = np.zeros(self.size, dtype=np.float32)
        np.maximum.at(reached, self.documents[stretch], self.weights[stretch])
        return reached, float(_idf(np.array([np.count_nonzero(reached[self._among])]), self._many)[0])

    def save(self, path: Path) -> None:
        """As one `.npz` of plain arrays."""
        text = np.frombuffer("\n".join(self.vocabulary).encode(), dtype=np.uint8)
        np.savez(
            path,
            vocabulary=text,
            indptr=self.indptr,
            documents=self.documents.astype(np.int32),
            weights=self.weights,
            size=np.array(self.size),
        )

    @classmethod
    def load(cls, path: Path) -> Terms:
        with np.load(path, allow_pickle=False) as arrays:
            postings = (arrays["documents"].astype(np.int64), arrays["weights"])
            return cls(read_vocabulary(arrays["vocabulary"]), arrays["indptr"], postings, int(arrays["size"]))


def read_vocabulary(text: npt.NDArray[np.uint8]) -> list[str]:
    """As `save` wrote it. Word by word, so that the other threads of a server get their turn."""
    decoded = text.tobytes().decode()
    return [word.removesuffix("\n") for word in StringIO(decoded, newline="\n")]


def build_terms(documents: Iterable[Iterable[str]]) -> Terms:
    """Counts each document's terms and weighs them; documents are numbered in the order given."""
    counts = [Counter(terms) for terms in documents]
    vocabulary = sorted({term for count in counts for term in count})
    ids = {term: row for row, term in enumerate(vocabulary)}
    rows = np.array([ids[term] for count in counts for term in count], dtype=np.int64)
    times = np.array([n for count in counts for n in count.values()], dtype=np.int64)
    document = np.repeat(np.arange(len(counts)), [len(count) for count in counts])
    order = np.argsort(rows, kind="stable")
    indptr = np.concatenate([[0], np.bincount(rows, minlength=len(vocabulary)).cumsum()]).astype(np.int64)
    return weighed(vocabulary, indptr, (document[order], times[order]), len(counts))


def weighed(
    vocabulary: Sequence[str], indptr: Integers, counted: tuple[Numbers, Numbers], size: int
) -> Terms:
    """Terms of postings that are `counted`: documents, and how often the term stands in each."""
    documents, times = counted
    lengths = np.bincount(documents, times, size).astype(np.float32)
    relative = lengths / max(1.0, float(lengths.mean())) if size else lengths
    often = times.astype(np.float32)
    # A word counts by its share of the article (BM25 with b = 1): long articles use every word sometimes.
    weights = often / (often + K1 * relative[documents])
    return Terms(vocabulary, indptr, (documents.astype(np.int64), weights.astype(np.float32)), size)


def _idf(df: Integers, size: int) -> Floats:
    """How much a term tells, rare ones more: log(1 + (N - df + 0.5) / (df + 0.5))."""
    return np.log1p((size - df + 0.5) / (df + 0.5)).astype(np.float32)
