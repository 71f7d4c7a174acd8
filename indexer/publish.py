"""Snapshots in the data folder: made whole beside the others, then named in CURRENT in one step."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from kb.errors import NoSnapshot, SnapshotBroken
from kb.index.files import replace_text, sync, sync_tree
from kb.index.snapshot import CURRENT, SNAPSHOTS, check_manifest, published_id

KEPT = 3
UNFINISHED = ".making-"


def publish(made: Path, data: Path, snapshot_id: str) -> None:
    """Moves a finished folder among the snapshots and names it in CURRENT; prunes old ones."""
    sync_tree(made)
    made.rename(data / SNAPSHOTS / snapshot_id)
    sync(data / SNAPSHOTS)
    replace_text(data / CURRENT, snapshot_id + "\n")
    prune(data)


def roll_back(data: Path) -> tuple[str, str]:
    """Publishes the snapshot before the published one; returns both ids, the new one first.

    Raises NoSnapshot when there is none before, SnapshotBroken when it is damaged.
    """
    current = published_id(data)
    earlier = _manifest(data, current).get("previous")
    if not earlier or not (data / SNAPSHOTS / earlier).is_dir():
        raise NoSnapshot(f"{data}: no snapshot before {current} is kept; mend the articles and index again")
    check_manifest(data / SNAPSHOTS / earlier)
    replace_text(data / CURRENT, earlier + "\n")
    return earlier, current


def prune(data: Path) -> None:
    """Removes what an interrupted run left, and all but the published one and the newest others."""
    current = published_id(data)
    folders = sorted(path for path in (data / SNAPSHOTS).iterdir() if path.is_dir())
    finished = [path for path in folders if not path.name.startswith(UNFINISHED)]
    others = [path for path in finished if path.name != current]
    for path in [*(folder for folder in folders if folder not in finished), *others[: -(KEPT - 1)]]:
        shutil.rmtree(path, ignore_errors=True)


def previous_id(data: Path) -> str | None:
    try:
        return published_id(data)
    except (NoSnapshot, SnapshotBroken):
        return None


def _manifest(data: Path, snapshot_id: str) -> dict[str, Any]:
    try:
        text = (data / SNAPSHOTS / snapshot_id / "manifest.json").read_text(encoding="utf-8")
        manifest: dict[str, Any] = json.loads(text)
    except (OSError, ValueError) as error:
        raise SnapshotBroken(f"{data / SNAPSHOTS / snapshot_id}: its manifest cannot be read") from error
    return manifest
