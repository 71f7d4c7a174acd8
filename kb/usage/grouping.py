"""Questions into groups that ask the same; the number of groups is not given.

Each question is moved to the middle of those most like it, the closer ones weighing more (one step of
mean shift: Comaniciu and Meer, 2002), and then groups are joined for as long as their questions are alike
enough on average (average linkage). How much is enough follows from the questions: where each has many
like it, topics are broad; where there are few, chance brings less together. Both rules were learned on
banking's answered topics, vira, stackfaq and gnome (whole, in samples, with few questions a topic and with
few topics), not on the sets that `benchmarks/gaps.py` judges by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.cluster import AgglomerativeClustering

from kb.index.text import fold, words
from kb.usage.likeness import Compared, Floats, Ids, Likeness

Groups = npt.NDArray[np.int64]

NEIGHBOURS = 10
POWER = 2
# Alike enough: ENOUGH where a question's tenth neighbour is like it by 0.5, SLOPE more for each 1 less.
ENOUGH = 0.54
SLOPE = 0.7
LIMITS = (0.4, 0.7)
# Among few questions chance brings few unrelated ones near each other, so less is enough: at most this plus
# GROWTH for each time their number grows by a factor of e (0.35 for 14, 0.45 for 35, 0.6 for 140).
FEW = 0.06
GROWTH = 0.11
# So many at a time are compared each with each: 4,000 take 400 MB.
BLOCK = 4_000
# Of more, the others join the group they are this much like on average, as far as there is one.
JOIN = 0.36


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """`groups` has each question's group, numbered from 0, the largest first; `central` for each group the
    number of the question most like all others in it.
    """

    groups: Groups
    central: tuple[int, ...]


def group_questions(asked: Compared) -> Grouping:
    """Groups of questions that ask the same; one that nobody else asked is a group of its own."""
    if not len(asked.texts):
        return Grouping(groups=np.zeros(0, dtype=np.int64), central=())
    first, wording, counts = _wordings(asked)
    distinct = Compared(
        texts=[asked.texts[row] for row in first],
        vectors=asked.vectors[first],
        locales=[asked.locales[row] for row in first],
        usual=asked.usual,
    )
    likeness = Likeness(distinct)
    groups = _numbered(_in_blocks(likeness, len(first)), counts)
    central = tuple(int(first[row]) for row in _central(likeness, groups, counts))
    return Grouping(groups=groups[wording], central=central)


def _wordings(asked: Compared) -> tuple[Ids, Ids, Ids]:
    """Rows of distinct wordings, each question's wording, and how many questions have each."""
    places: dict[tuple[str, str | None], int] = {}
    first: list[int] = []
    wording = np.empty(len(asked.texts), dtype=np.int64)
    for row, (text, locale) in enumerate(zip(asked.texts, asked.locales, strict=True)):
        folded = fold(text)
        key = (" ".join(words(folded)) or folded, locale)
        if key not in places:
            places[key] = len(first)
            first.append(row)
        wording[row] = places[key]
    return np.array(first, dtype=np.int64), wording, np.bincount(wording)


def _in_blocks(likeness: Likeness, count: int) -> Groups:
    """Some of all are grouped, others join them, and what is left is grouped in its turn."""
    groups = np.full(count, -1, dtype=np.int64)
    left = np.random.default_rng(0).permutation(count) if count > BLOCK else np.arange(count)
    while len(left):
        block, left = np.sort(left[:BLOCK]), left[BLOCK:]
        found = _grouped(likeness(block, block)) + groups.max() + 1
        groups[block] = found
        if len(left):
            joined = _joined(likeness, left, block, found)
            groups[left] = joined
            left = left[joined < 0]
    return groups


def _grouped(alike: Floats) -> Groups:
    if len(alike) < 2:
        return np.zeros(len(alike), dtype=np.int64)
    enough = _enough(alike)
    distances = np.maximum(1 - _among_neighbours(alike), 0)
    np.fill_diagonal(distances, 0)
    joining = AgglomerativeClustering(
        n_clusters=None, distance_threshold=1 - enough, metric="precomputed", linkage="average"
    )
    groups: Groups = joining.fit_predict(distances)
    return groups


def _enough(alike: Floats) -> float:
    """How alike two groups must be to be one."""
    neighbours = min(NEIGHBOURS, len(alike) - 1)
    # The question itself is the likest.
    tenth = np.partition(alike, -1 - neighbours, axis=1)[:, -1 - neighbours]
    enough = np.clip(ENOUGH + SLOPE * (ENOUGH - np.median(tenth)), *LIMITS)
    return float(min(enough, FEW + GROWTH * np.log(len(alike))))


def _among_neighbours(alike: Floats) -> Floats:
    """Likeness of the questions once each has been moved to the middle of its neighbours."""
    count = min(NEIGHBOURS + 1, len(alike))
    near = np.argpartition(-alike, count - 1, axis=1)[:, :count]
    weights = np.maximum(np.take_along_axis(alike, near, axis=1), 0) ** POWER
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(len(alike)), count)
    moving = csr_matrix((weights.ravel(), (rows, near.ravel())), shape=alike.shape, dtype=np.float32)
    moved: Floats = moving @ (moving @ alike).T
    lengths = np.sqrt(np.maximum(np.diagonal(moved), 1e-6))
    moved /= lengths[:, None]
    moved /= lengths
    return moved


def _joined(likeness: Likeness, left: Ids, block: Ids, found: Groups) -> Groups:
    """For each question left the group it is most like on average, -1 where that is not enough."""
    names, place, sizes = np.unique(found, return_inverse=True, return_counts=True)
    member = csr_matrix((np.ones(len(block), np.float32), (place, np.arange(len(block)))))
    joined = np.empty(len(left), dtype=np.int64)
    for start in range(0, len(left), BLOCK // 4):
        some = left[start : start + BLOCK // 4]
        means = (member @ likeness(block, some)) / sizes[:, None]
        best = means.argmax(axis=0)
        enough = means[best, np.arange(len(some))] >= JOIN
        joined[start : start + len(some)] = np.where(enough, names[best], -1)
    return joined


def _numbered(groups: Groups, counts: Ids) -> Groups:
    """The same groups, numbered from 0 by the questions in them; of two as large the one that came first."""
    names, first, place = np.unique(groups, return_index=True, return_inverse=True)
    sizes = np.bincount(place, weights=counts)
    order = np.lexsort((first, -sizes))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    numbered: Groups = rank[place]
    return numbered


def _central(likeness: Likeness, groups: Groups, counts: Ids) -> Sequence[int]:
    """Of each group the row most like the others; very large groups are judged by some of their rows."""
    central: list[int] = []
    order = np.argsort(groups, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        judged = rows[:: max(1, len(rows) // (BLOCK // 4))]
        central.append(int(rows[(likeness(rows, judged) @ counts[judged]).argmax()]))
    return central
