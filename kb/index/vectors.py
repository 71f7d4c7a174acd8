"""Where vectors are looked up: the port, and exact search with FAISS.

FAISS is imported here alone, and only by who has vectors: an index run that finds nothing new has none.
"""

from __future__ import annotations

from errno import EIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from kb.errors import SnapshotBroken

if TYPE_CHECKING:
    import faiss

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class VectorReader(Protocol):
    """Unit vectors numbered from 0; scores are cosines."""

    def nearest(self, vector: Floats, count: int, among: Flags | None = None) -> tuple[Ids, Floats]:
        """The `count` nearest, nearest first; `among` the rows whose flag is set, shape (rows,), or all."""
        ...

    def cosines(self, vectors: Floats, rows: Ids) -> Floats:
        """Products of the vectors with each of the rows, shape (vectors, rows)."""
        ...


class VectorWriter(Protocol):
    """Keeps all vectors of a snapshot at once."""

    def save(self, path: Path) -> None:
        """Raises OSError."""
        ...


class Vectors(VectorReader, VectorWriter, Protocol):
    """What an index has, however its vectors are kept."""


class FaissVectors:
    """Exact search in a flat index, quick enough up to some 100,000 vectors; safe to use from threads."""

    def __init__(self, index: faiss.IndexFlatIP) -> None:
        import faiss

        self._index = index
        flat = faiss.rev_swig_ptr(self._index.get_xb(), self._index.ntotal * self._index.d)
        self._vectors: Floats = flat.reshape(self._index.ntotal, self._index.d)

    @classmethod
    def open(cls, path: Path) -> FaissVectors:
        """What `save` wrote. Raises SnapshotBroken."""
        import faiss

        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise SnapshotBroken(f"{path}: FAISS cannot read it; run `selfhelp index`") from error

    @classmethod
    def of(cls, vectors: Floats) -> FaissVectors:
        """Unit vectors, shape (count, dimension)."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def save(self, path: Path) -> None:
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(EIO, "FAISS cannot write it; is the disk full?", str(path)) from error

    def nearest(self, vector: Floats, count: int, among: Flags | None = None) -> tuple[Ids, Floats]:
        import faiss

        parameters = None
        if among is not None and not among.all():
            bits = np.packbits(among, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        most = min(count, self._index.ntotal)
        scores, rows = self._index.search(vector[None, :], most, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def cosines(self, vectors: Floats, rows: Ids) -> Floats:
        cosines: Floats = vectors @ self._vectors[rows].T
        return cosines
