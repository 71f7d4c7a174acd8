"""What the published articles say, kept so that a gap knows what was written since it opened."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from kb.index.manifest import read_json, read_manifest
from kb.store.published import Key, keep_published
from kb.store.store import Store


def remember_published(store: Store, snapshot: Path) -> None:
    """Keeps what a published snapshot's articles say, as of when it was made. Raises SnapshotBroken."""
    made_at = datetime.fromisoformat(read_manifest(snapshot)["made_at"])
    keep_published(store, digests_in(snapshot), made_at)


def digests_in(snapshot: Path) -> dict[Key, str]:
    """Of each article's words and its date: a new layout says nothing new, nor does a learned question."""
    said: dict[int, list[str]] = defaultdict(list)
    for row in read_json(snapshot / "passages.json"):
        if row["kind"] != "learned":
            said[row["article"]].append(row["digest"])
    return {
        (row["locale"], row["slug"]): _digest([row["updated"] or "", *said[number]])
        for number, row in enumerate(read_json(snapshot / "articles.json"))
    }


def _digest(parts: list[str]) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
