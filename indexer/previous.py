"""What the published snapshot leaves to the next one."""

from __future__ import annotations

import json
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.golden import RANKS, load_encoded
from indexer.plan import Key
from indexer.publish import previous_id
from kb.content.synonyms import SynonymGroup
from kb.errors import SnapshotBroken
from kb.index.content import Content, KeptEncodings
from kb.index.counting import load_counts
from kb.index.counts import Counted
from kb.index.encoding import Encoding
from kb.index.late import TokenVectors
from kb.index.manifest import check_manifest, read_json
from kb.index.ranking import Ranking
from kb.index.snapshot import SNAPSHOTS
from kb.index.synonyms import NO_SYNONYMS, Synonyms

Ids = npt.NDArray[np.int64]


class Before:
    """A published snapshot whose files are whole; each is read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self.manifest = check_manifest(folder)
        self.model: str = self.manifest["model"]

    @cached_property
    def articles(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = read_json(self.folder / "articles.json")
        return rows

    @cached_property
    def digests(self) -> dict[Key, str]:
        """Of each article (see indexer/plan.py)."""
        return {(row["locale"], row["slug"]): row["digest"] for row in self.articles}

    @cached_property
    def passages(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = read_json(self.folder / "passages.json")
        return rows

    @cached_property
    def encoded(self) -> dict[str, Encoding]:
        """Passages by digest."""
        named = np.load(self.folder / "named.npy", allow_pickle=False)
        kept = KeptEncodings.open(self.folder, TokenVectors.open(self.folder, len(self.passages)), named)
        return kept.by_digest(row["digest"] for row in self.passages)

    @cached_property
    def counted(self) -> Counted:
        return load_counts(self.folder)

    @cached_property
    def bounds(self) -> Ids:
        """Passages [start, end) of each article."""
        return np.array([row["passages"] for row in self.articles], dtype=np.int64).reshape(-1, 2)

    @cached_property
    def ranking(self) -> Ranking:
        return Ranking.from_json(read_json(self.folder / "ranking.json"))

    @cached_property
    def synonyms(self) -> Synonyms:
        return Synonyms.from_json(read_json(self.folder / "synonyms.json"))

    @cached_property
    def ranks(self) -> dict[str, int | None]:
        """Of golden questions, by their keys, as they were when this one was made."""
        file = self.folder / RANKS
        return dict(read_json(file)) if file.is_file() else {}

    @cached_property
    def golden_encoded(self) -> dict[str, Encoding]:
        return load_encoded(self.folder)

    def count(self, what: str) -> int:
        """How many `articles`, `passages` or `learned` questions it has; 0 when it does not say."""
        found = self.manifest.get(what)
        return found if isinstance(found, int) else 0

    @property
    def around(self) -> str | None:
        """As `around` gave it when this one was made."""
        found = self.manifest.get("around")
        return found if isinstance(found, str) else None


def published_snapshot(data: Path) -> Before | None:
    """None when there is none that can be read."""
    name = previous_id(data)
    try:
        return Before(data / SNAPSHOTS / name) if name else None
    except SnapshotBroken:
        return None


def synonyms_now(found: tuple[SynonymGroup, ...] | None, before: Before | None) -> Synonyms:
    """Those found; as long as their file has an error (None), the published ones."""
    if found is None:
        return before.synonyms if before else NO_SYNONYMS
    return Synonyms(found)


def around(synonyms: Synonyms, learned: list[tuple[str, str, str]]) -> str:
    """Changes with all that is not in the articles: this program, the synonyms, what was learned.

    `learned` are locale, slug and text of each.
    """
    told = json.dumps([version("selfhelp-kb"), synonyms.to_json(), sorted(learned)])
    return sha256(told.encode()).hexdigest()[:32]


def learned_in(content: Content) -> list[tuple[str, str, str]]:
    return [(one.locale, one.slug, one.text) for one in content.flat if one.kind == "learned"]
