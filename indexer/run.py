"""One index run: articles read, planned, encoded, written, published."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import Protocol

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from indexer.accept import answers_as_well
from indexer.build import Content, content_of, encode, write_manifest, write_snapshot
from indexer.folder import ArticlesFolder
from indexer.models import ensure_model
from indexer.plan import Key, Plan, plan
from indexer.publish import UNFINISHED, previous_id, publish
from kb.errors import ArticlesError, KbError, SnapshotBroken
from kb.index.encoder import OnnxEncoder
from kb.index.snapshot import FORMAT, MODELS, SNAPSHOTS, Snapshot

Floats = npt.NDArray[np.float32]


class Reporter(Protocol):
    """Is told how far a run has come."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """A stage of `total` steps begins; the result is told how many more are done."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to; `snapshot_id` is the published one, an old one if nothing changed."""

    snapshot_id: str
    published: bool
    plan: Plan
    articles: int
    passages: int
    encoded: int
    seconds: float


def index(found: ArticlesFolder, folder: Path, data: Path, *, model: str, reporter: Reporter) -> Outcome:
    """Publishes what was found. One run at a time: a second one waits for the first."""
    if not found.articles:
        raise ArticlesError(f"{folder}: no article in it can be published; mend the errors named above")
    (data / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
    (data / MODELS).mkdir(exist_ok=True)
    with FileLock(data / ".indexing"):
        return _index(found, folder, data, model, reporter)


def _index(found: ArticlesFolder, folder: Path, data: Path, model: str, reporter: Reporter) -> Outcome:
    started = time.monotonic()
    told = reporter.stage(f"loading {model}", 1)
    made_with = ensure_model(model, data, lambda full, small: answers_as_well(full, small, found.articles))
    told(1)
    before = _previous(data)
    content = content_of(found.articles)
    changes = plan(_published(before), content.articles)
    if before and changes.idle and before.model == made_with:
        return _outcome(before.id, changes, content, 0, started, published=False)
    known = _known_vectors(before, made_with)
    missing = len({p.digest for p in content.flat} - known.keys())
    encoder = OnnxEncoder(data / MODELS / made_with, threads=os.cpu_count() or 1)
    vectors = encode(content, encoder, known, reporter.stage("encoding", missing))
    snapshot_id = _write(content, vectors, folder, data, made_with)
    return _outcome(snapshot_id, changes, content, missing, started, published=True)


def _outcome(
    snapshot_id: str, changes: Plan, content: Content, encoded: int, started: float, *, published: bool
) -> Outcome:
    return Outcome(
        snapshot_id=snapshot_id,
        published=published,
        plan=changes,
        articles=len(content.articles),
        passages=len(content.flat),
        encoded=encoded,
        seconds=time.monotonic() - started,
    )


def _previous(data: Path) -> Snapshot | None:
    """The published snapshot, or None when there is none that can be read."""
    name = previous_id(data)
    if name is None:
        return None
    try:
        return Snapshot(data / SNAPSHOTS / name)
    except SnapshotBroken:
        return None


def _published(before: Snapshot | None) -> dict[Key, str]:
    return {(entry.locale, entry.slug): entry.digest for entry in before.articles} if before else {}


def _known_vectors(before: Snapshot | None, model: str) -> dict[str, Floats]:
    if before is None or before.model != model:
        return {}
    vectors = np.load(before.folder / "vectors.npy", allow_pickle=False)
    return {row.digest: vector for row, vector in zip(before.passages, vectors, strict=True)}


def _write(content: Content, vectors: Floats, folder: Path, data: Path, model: str) -> str:
    now = datetime.now(UTC)
    snapshot_id = f"{now:%Y%m%dT%H%M%SZ}-{token_hex(3)}"
    making = data / SNAPSHOTS / f"{UNFINISHED}{snapshot_id}"
    facts = {
        "format": FORMAT,
        "id": snapshot_id,
        "made_at": now.isoformat(timespec="seconds"),
        "made_by": version("selfhelp-kb"),
        "model": model,
        "previous": previous_id(data),
        "articles": len(content.articles),
        "passages": len(content.flat),
    }
    try:
        write_snapshot(content, vectors, making, images=folder)
        write_manifest(making, facts)
        publish(making, data, snapshot_id)
    except OSError as error:
        shutil.rmtree(making, ignore_errors=True)
        raise KbError(
            f"{error.filename or data}: {error.strerror}; nothing was published, the old snapshot stays"
        ) from error
    return snapshot_id


def as_json(outcome: Outcome) -> str:
    """For programs: one line."""
    counts = {name: len(getattr(outcome.plan, name)) for name in ("added", "changed", "removed", "unchanged")}
    return json.dumps(
        {
            "snapshot_id": outcome.snapshot_id,
            "published": outcome.published,
            **counts,
            "articles": outcome.articles,
            "passages": outcome.passages,
            "encoded": outcome.encoded,
            "seconds": round(outcome.seconds, 2),
        }
    )
