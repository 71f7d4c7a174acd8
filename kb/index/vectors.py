"""Where vectors are looked up: the port, and exact search with FAISS. FAISS is imported here alone."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
import numpy.typing as npt

from kb.errors import SnapshotBroken

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


class VectorReader(Protocol):
    """Unit vectors numbered from 0; scores are cosines."""

    def nearest(self, vector: Floats, count: int, start: int, end: int) -> tuple[Ids, Floats]:
        """The `count` nearest among rows [start, end), nearest first."""
        ...

    def cosines(self, vector: Floats, rows: Ids) -> Floats:
        """Cosine of the vector with each of the rows, in their order."""
        ...


class VectorWriter(Protocol):
    """Takes all vectors of a snapshot at once."""

    def write(self, vectors: Floats) -> None: ...


class FaissWriter:
    """Vectors as a flat FAISS index in a file of the snapshot."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, vectors: Floats) -> None:
        faiss.write_index(flat_index(vectors), str(self._path))


def flat_index(vectors: Floats) -> faiss.IndexFlatIP:
    """All vectors as they are: exact, and as quick as needed up to some 100,000."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


class FaissReader:
    """Exact search; safe to use from several threads at once."""

    def __init__(self, index: faiss.IndexFlatIP) -> None:
        self._index = index
        flat = faiss.rev_swig_ptr(self._index.get_xb(), self._index.ntotal * self._index.d)
        self._vectors: Floats = flat.reshape(self._index.ntotal, self._index.d)

    @classmethod
    def open(cls, path: Path) -> FaissReader:
        """What FaissWriter wrote. Raises SnapshotBroken."""
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise SnapshotBroken(f"{path}: FAISS cannot read it; run `selfhelp index`") from error

    @classmethod
    def of(cls, vectors: Floats) -> FaissReader:
        """Vectors in memory."""
        return cls(flat_index(vectors))

    def nearest(self, vector: Floats, count: int, start: int, end: int) -> tuple[Ids, Floats]:
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorRange(start, end))
        scores, rows = self._index.search(vector[None, :], min(count, end - start), params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def cosines(self, vector: Floats, rows: Ids) -> Floats:
        cosines: Floats = self._vectors[rows] @ vector
        return cosines
