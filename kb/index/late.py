"""Every token of the passages by its vector, and how near a question's tokens come to them.

One vector for a whole passage lies between all it says. Compared token by token, a question finds the one
sentence that answers it; this is called late interaction. Source: Khattab and Zaharia (2020), ColBERT. Here
the tokens are those of the encoder that makes the vector, in the same run; it was not trained for this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.errors import SnapshotBroken
from kb.index.encoding import UNIT, Bytes
from kb.index.scale import AS_IT_IS, Scale

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

ROWS_FILE, BOUNDS_FILE = "tokens.npy", "token_bounds.npz"
# What a token counts at least: where the nearest token is as near in every passage, all count alike.
LEAST = np.float32(0.02)
# Texts whose comparison tells what unrelated ones come to: 2,000 pairs, 30 ms.
ASKING, ASKED = 32, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVectors:
    """`rows`, shape (tokens, dimension), one passage's behind the other's; a passage's are rows
    [bounds[p], bounds[p + 1]); the `scale` of what two passages come to.
    """

    rows: Bytes
    bounds: Ids
    scale: Scale

    @classmethod
    def of(cls, tokens: Sequence[Bytes], subjects: Ids, beside: Sequence[Bytes] = ()) -> TokenVectors:
        """Of all passages, each with the number of its article's subject, the same for translations; of few
        articles with those of unrelated texts `beside` them, so that it is known what these come to.
        """
        alone = np.arange(len(beside)) + int(subjects.max(initial=-1)) + 1
        every = cls._bare([*tokens, *beside])
        scale = every._found(np.concatenate([subjects, alone]))
        return replace(cls._bare(tokens) if beside else every, scale=scale)

    @classmethod
    def _bare(cls, tokens: Sequence[Bytes]) -> TokenVectors:
        """Before it is known what unrelated ones come to."""
        lengths = [len(one) for one in tokens]
        rows = np.concatenate(tokens) if sum(lengths) else np.zeros((0, 0), np.int8)
        return cls(rows=rows, bounds=np.cumsum([0, *lengths]), scale=AS_IT_IS)

    def __getitem__(self, passage: int) -> Bytes:
        return self.rows[self.bounds[passage] : self.bounds[passage + 1]]

    def nearness(self, question: Bytes, passages: Ids) -> Floats:
        """Each token of the question with the nearest of a passage's, on average: 0 for unrelated texts,
        about 1 for the answer. Shape (passages,). All 0 where there are no tokens to compare. Tokens count by
        what they tell of these passages: one that all of them have says nothing about which one is meant.
        """
        if not len(question) or not len(self.rows):
            return np.zeros(len(passages), dtype=np.float32)
        return self.scale(self._products(question, passages))

    def _products(self, question: Bytes, passages: Ids) -> Floats:
        """The cosine of the question's tokens with the nearest token of each passage, on average: each counts
        by the square of how far the passage that has it nearest stands out.
        """
        lengths = self.bounds[passages + 1] - self.bounds[passages]
        filled = lengths > 0
        products = np.full(len(passages), self.scale.usual, dtype=np.float32)
        if not filled.any():
            return products
        counts, firsts = lengths[filled], self.bounds[passages[filled]]
        starts = np.concatenate([[0], counts.cumsum()[:-1]])
        places = np.arange(int(counts.sum())) + np.repeat(firsts - starts, counts)
        # The few rows on the left: the other way round the product takes three times as long.
        cosines = question.astype(np.float32) @ np.take(self.rows, places, axis=0).astype(np.float32).T
        nearest = np.maximum.reduceat(cosines, starts, axis=1) / np.float32(UNIT * UNIT)
        telling = (nearest.max(axis=1) - nearest.mean(axis=1) + LEAST) ** 2
        products[filled] = telling @ nearest / telling.sum()
        return products

    def _found(self, subjects: Ids) -> Scale:
        """From passages of different articles, spread evenly over all."""
        count = len(subjects)
        if not len(self.rows) or count < 2:
            return AS_IT_IS
        asking = np.linspace(0, count - 1, min(ASKING, count)).astype(np.int64)
        asked = np.linspace(0, count - 1, min(ASKED, count)).astype(np.int64)
        found = [
            self._products(self[one], asked[subjects[asked] != subjects[one]])
            for one in asking.tolist()
            if len(self[one])
        ]
        return Scale.found(np.concatenate(found) if found else np.zeros(0))

    def save(self, folder: Path) -> None:
        np.save(folder / ROWS_FILE, self.rows)
        np.savez(folder / BOUNDS_FILE, bounds=self.bounds, scale=self.scale.array)

    @classmethod
    def open(cls, folder: Path, passages: int) -> TokenVectors:
        """What `save` wrote. Raises SnapshotBroken.

        Read into memory: a file that is mapped and cut short in the meantime would end the whole process.
        """
        try:
            rows = np.load(folder / ROWS_FILE, allow_pickle=False)
            with np.load(folder / BOUNDS_FILE, allow_pickle=False) as kept:
                return cls(rows=rows, bounds=kept["bounds"], scale=Scale.kept(kept["scale"]))
        except (OSError, ValueError, KeyError) as error:
            raise SnapshotBroken(f"{folder / ROWS_FILE}: cannot be read; run `selfhelp index`") from error
