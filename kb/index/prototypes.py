"""What articles are told apart by, and where each of them lies along that.

Passages and titles of one article, whole and half typed, differ in what does not matter for which article is
meant; articles differ from each other in what does. The axes along which the second is largest against the
first are learned from all articles together; along these a question is compared with what is asked of each.
Source: Ioffe (2006), Probabilistic Linear Discriminant Analysis; prototypes: Snell, Swersky and Zemel
(2017), Prototypical Networks for Few-shot Learning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.index.beginnings import SHARES
from kb.index.encoding import Encoding
from kb.index.scale import NOUGHT, Scale

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Between 32 and 128 nothing changed by more than 0.2 points on average over thirteen sets.
AXES = 64
# How much of the mean variance is added to that of each direction; 5 and 20 are as good.
SHRINKAGE = 10.0
# With so many titles and questions each counts half for itself, and half for what they have in common. The
# mean alone loses half a point of success@3 where an article has 46, each for itself as much where it has
# six.
NAMES = 20.0
# Passages whose places tell what unrelated ones come to.
ASKING = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Prototypes:
    """`rows`, shape (passages, AXES), are where the passages stand; `mean` (dimension) and `axes` (dimension,
    dimension), the most telling first, bring a question there; the `scale` of what an article comes to.
    """

    mean: Floats
    axes: Floats
    rows: Floats
    scale: Scale

    def place(self, vector: Floats) -> Floats:
        """Where a question stands, shape (dimension,)."""
        placed: Floats = self.axes @ (vector - self.mean)
        return placed

    def nearness(self, placed: Floats, rows: Ids, starts: Ids) -> Floats:
        """How likely an article is that has these passages: 0 for unrelated ones, about 1 for the answer.

        `rows` are those of several articles, one's behind the other's; `starts`, where each one's begin.
        """
        return self.scale(self._likelihood(placed, rows, starts))

    def _likelihood(self, placed: Floats, rows: Ids, starts: Ids) -> Floats:
        """Logarithm of the density around an article's nearest passage, of unit variance along each axis.

        Along the axes that do not tell articles apart all are taken to stand in the middle: how far a
        question is from there says of none that it is meant, but of all that something else may be.
        """
        told = self.rows.shape[1]
        away = np.take(self.rows, rows, axis=0) - placed[:told]
        strange = placed[told:] @ placed[told:]
        density = np.float32(-0.5) * (np.einsum("pa,pa->p", away, away) + strange)
        likelihood: Floats = np.maximum.reduceat(density, starts)
        return likelihood

    def save(self, path: Path) -> None:
        """As one `.npz` of plain arrays."""
        np.savez(path, mean=self.mean, axes=self.axes, rows=self.rows, scale=self.scale.array)

    @classmethod
    def load(cls, path: Path) -> Prototypes:
        with np.load(path, allow_pickle=False) as arrays:
            return cls(
                mean=arrays["mean"],
                axes=arrays["axes"],
                rows=arrays["rows"],
                scale=Scale.kept(arrays["scale"]),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What articles are told by: `vectors` of passages, shape (passages, dimension), and of `begun` titles
    and questions, (named passages, dimension); which passages are `named`, each one's `article`; the `group`
    of each article: in another language articles differ in what does not tell them apart; and its `subject`,
    the same for translations.
    """

    vectors: Floats
    begun: Floats
    named: Flags
    article: Ids
    group: Ids
    subject: Ids

    def with_beside(self, others: Sequence[Encoding]) -> Told:
        """With unrelated texts, each as the title of an article of its own, in the language of the first."""
        begun = [one.begun for one in others if one.begun is not None]
        alone = np.arange(len(others)) + len(self.group)
        return Told(
            vectors=np.concatenate([self.vectors, np.array([one.vector for one in others])]),
            begun=np.concatenate([self.begun, np.array(begun)]),
            named=np.concatenate([self.named, np.ones(len(others), dtype=bool)]),
            article=np.concatenate([self.article, alone]),
            group=np.concatenate([self.group, np.full(len(others), self.group[0])]),
            subject=np.concatenate([self.subject, np.arange(len(others)) + int(self.subject.max()) + 1]),
        )


def find_prototypes(told: Told, beside: Sequence[Encoding] = ()) -> Prototypes:
    """Of one passage at least; of few articles with unrelated texts `beside` them, to be told apart from."""
    if beside:
        found = find_prototypes(told.with_beside(beside))
        return replace(found, rows=found.rows[: len(told.vectors)])
    every = np.concatenate([told.vectors, told.begun])
    of = np.concatenate([told.article, told.article[told.named]])
    weights = np.ones(len(every), dtype=np.float32)
    weights[len(told.vectors) :] = len(SHARES)
    mean = weights @ every / weights.sum()
    axes = _axes(every - mean, of, weights, told.group)
    placed = (every - mean) @ axes[:AXES].T
    rows = _among_their_names(placed, of, weights, told)
    bare = Prototypes(mean=mean, axes=axes, rows=rows, scale=NOUGHT)
    return replace(bare, scale=_scale(bare, told))


def _axes(centred: Floats, of: Ids, weights: Floats, group: Ids) -> Floats:
    """All directions at unit variance of what articles vary in, first those in which they differ most."""
    means = _means(centred, of, weights, len(group))
    left = (centred - means[of]) * np.sqrt(weights)[:, None]
    within = (left.T @ left).astype(np.float64) / weights.sum()
    usual = max(float(np.trace(within)) / len(within), 1e-9)
    within = within / usual + SHRINKAGE * np.eye(len(within))
    there = np.unique(of)
    of_group = _means(means[there], group[there], np.ones(len(there), np.float32), int(group.max()) + 1)
    apart = (means[there] - of_group[group[there]]).astype(np.float64)
    inverse = np.linalg.inv(np.linalg.cholesky(within))
    _, turned = np.linalg.eigh(inverse @ (apart.T @ apart) @ inverse.T)
    axes: Floats = ((turned.T @ inverse)[::-1] / usual**0.5).astype(np.float32)
    return axes


def _means(rows: Floats, of: Ids, weights: Floats, count: int) -> Floats:
    """Of the rows of each of `count`, 0 where it has none."""
    totals = np.zeros((count, rows.shape[1]), dtype=np.float32)
    np.add.at(totals, of, rows * weights[:, None])
    means = totals / np.maximum(np.bincount(of, weights, count), 1e-9)[:, None]
    return means.astype(np.float32)


def _among_their_names(placed: Floats, of: Ids, weights: Floats, told: Told) -> Floats:
    """Where the passages stand; titles and questions moved towards the mean of all of their article, begun
    ones too.
    """
    count = len(told.group)
    asked = np.concatenate([np.flatnonzero(told.named), np.arange(len(told.vectors), len(of))])
    means = _means(placed[asked], of[asked], weights[asked], count)
    named = told.article[told.named]
    names = np.bincount(named, minlength=count).astype(np.float32)
    share = (names / (names + np.float32(NAMES)))[named][:, None]
    rows = placed[: len(told.vectors)].copy()
    rows[told.named] = share * rows[told.named] + (1 - share) * means[named]
    return rows


def _scale(bare: Prototypes, told: Told) -> Scale:
    """From what articles come to for passages of others, spread evenly over all."""
    there, starts = np.unique(told.article, return_index=True)
    count = len(told.article)
    if len(np.unique(told.subject[there])) < 2:
        return NOUGHT  # one alone differs from none
    rows = np.arange(count)
    asking = np.unique(np.linspace(0, count - 1, min(ASKING, count)).astype(np.int64))
    found = np.concatenate(
        [
            bare._likelihood(bare.place(told.vectors[one]), rows, starts)[
                told.subject[there] != told.subject[told.article[one]]
            ]
            for one in asking.tolist()
        ]
    )
    return Scale.found(found)


def groups_of(locales: Sequence[str]) -> Ids:
    """A number for the locale of each article."""
    numbers: Ids = np.unique(np.array(locales), return_inverse=True)[1].astype(np.int64)
    return numbers
