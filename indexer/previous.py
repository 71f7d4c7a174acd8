"""What the published snapshot leaves to the next one."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.content import Content
from indexer.folder import ArticlesFolder
from indexer.plan import Plan, plan
from indexer.publish import previous_id
from kb.errors import SnapshotBroken
from kb.index.snapshot import SNAPSHOTS, Snapshot
from kb.index.synonyms import NO_SYNONYMS, Synonyms

Floats = npt.NDArray[np.float32]


def published_snapshot(data: Path) -> Snapshot | None:
    """None when there is none that can be read."""
    name = previous_id(data)
    try:
        return Snapshot(data / SNAPSHOTS / name) if name else None
    except SnapshotBroken:
        return None


def known_vectors(before: Snapshot | None, model: str) -> dict[str, Floats]:
    """Vectors by digest that the same model made for the last snapshot."""
    if before is None or before.model != model:
        return {}
    vectors = np.load(before.folder / "vectors.npy", allow_pickle=False)
    return {row.digest: vector for row, vector in zip(before.passages, vectors, strict=True)}


def synonyms_now(found: ArticlesFolder, before: Snapshot | None) -> Synonyms:
    """Those found; as long as their file has an error, the published ones."""
    if found.synonyms is None:
        return before.index.synonyms if before else NO_SYNONYMS
    return Synonyms(found.synonyms)


def changes_since(before: Snapshot | None, content: Content) -> Plan:
    """What writers changed."""
    published = {(e.locale, e.slug): e.digest for e in before.articles} if before else {}
    return plan(published, content.articles)


def same_around(before: Snapshot, content: Content) -> bool:
    """Whether all that is not in the articles is as it was: what was learned, the synonyms, this program."""
    keys = [(entry.locale, entry.slug) for entry in before.articles]
    was = {(*keys[row.article], row.text) for row in before.passages if row.kind == "learned"}
    now = {(p.locale, p.slug, p.text) for p in content.flat if p.kind == "learned"}
    made_here = before.manifest.get("made_by") == version("selfhelp-kb")
    return made_here and was == now and before.index.synonyms == content.synonyms
