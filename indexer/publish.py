"""Snapshots in the data folder: made whole beside the others, then named in CURRENT in one step."""

from __future__ import annotations

import shutil
from pathlib import Path

from kb.errors import NoSnapshot, SnapshotBroken
from kb.index.files import replace_text, sync, sync_tree
from kb.index.manifest import check_manifest, read_manifest
from kb.index.snapshot import CURRENT, SNAPSHOTS, published_id

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
    earlier = read_manifest(data / SNAPSHOTS / current).get("previous")
    if not earlier or not (data / SNAPSHOTS / earlier).is_dir():
        raise NoSnapshot(f"{data}: no snapshot before {current} is kept; mend the articles and index again")
    check_manifest(data / SNAPSHOTS / earlier)
    replace_text(data / CURRENT, earlier + "\n")
    return earlier, current


def prune(data: Path) -> None:
    """Removes what an interrupted run left, and all but the published one, the one before and the newest."""
    current = published_id(data)
    earlier = read_manifest(data / SNAPSHOTS / current).get("previous")
    folders = sorted(path for path in (data / SNAPSHOTS).iterdir() if path.is_dir())
    finished = [path.name for path in folders if not path.name.startswith(UNFINISHED)]
    newest = [name for name in finished if name != current][-(KEPT - 1) :]
    for path in folders:
        if path.name not in (current, earlier, *newest):
            shutil.rmtree(path, ignore_errors=True)
    for path in data.glob(f".{CURRENT}.*"):
        path.unlink(missing_ok=True)


def previous_id(data: Path) -> str | None:
    try:
        return published_id(data)
    except (NoSnapshot, SnapshotBroken):
        return None
