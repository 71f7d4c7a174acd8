"""What is published: whole, with its model, and the model computes what it should."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from kb.errors import KbError, ModelError, NoSnapshot
from kb.index.encoder import FP32_FILE, PROBE_COSINE, OnnxEncoder, load_card
from kb.index.manifest import check_manifest, read_manifest
from kb.index.model_hash import content_hash
from kb.index.snapshot import MODELS, SNAPSHOTS, published_id
from kb.operate.finding import Finding, fail, ok, warn
from kb.settings import Settings

INDEX: Final = "run `selfhelp index`"
LEFT_SECONDS: Final = 24 * 3600


def check_snapshot(settings: Settings) -> Iterator[Finding]:
    try:
        name = published_id(settings.data)
        manifest = check_manifest(settings.data / SNAPSHOTS / name)
    except NoSnapshot as error:
        yield fail("snapshot", _text(error), INDEX)
        return
    except KbError as error:
        yield fail("snapshot", _text(error), f"{INDEX}, or `selfhelp index --rollback`")
        return
    counts = f"{manifest.get('articles', '?')} articles, {manifest.get('passages', '?')} passages"
    yield ok("snapshot", f"{name} is whole: {counts}, made {_age(manifest)}")
    yield from _unfinished(settings.data / SNAPSHOTS)


def check_model(settings: Settings) -> Iterator[Finding]:
    """Of the published snapshot; nothing to say while there is none."""
    try:
        published = read_manifest(settings.data / SNAPSHOTS / published_id(settings.data))
    except KbError:
        return
    folder = settings.data / MODELS / published["model"]
    try:
        made = content_hash(folder)
        if made != folder.name:
            yield fail(
                "model", f"{folder}: damaged (its content is {made})", f"remove the folder and {INDEX}"
            )
            return
        yield _probed(folder)
    except ModelError as error:
        yield fail("model", _text(error), INDEX)


def _probed(folder: Path) -> Finding:
    """Whether this machine's arithmetic is that of the one that exported the model."""
    card = load_card(folder)
    vector = OnnxEncoder(folder, file=card.file).probe()
    told = f"{card.name} ({card.precision}, {folder.name}) is whole"
    if not card.probe_vector:
        return (
            ok("model", told)
            if np.isfinite(vector).all()
            else fail("model", f"{folder}: gives no numbers", INDEX)
        )
    cosine = float(vector @ np.array(card.probe_vector, dtype=np.float32))
    if cosine >= PROBE_COSINE:
        return ok("model", f"{told} and computes what it should (cosine {cosine:.4f})")
    text = f"{told}, but this machine computes otherwise (cosine {cosine:.4f})"
    if (folder / FP32_FILE).is_file():
        return warn(
            "model", f"{text}: the slower fp32 graph is used", f"remove {folder} and {INDEX} on this machine"
        )
    return fail("model", text, f"remove {folder} and {INDEX} on this machine")


def _unfinished(snapshots: Path) -> Iterator[Finding]:
    left = [path.name for path in snapshots.glob(".*") if time.time() - path.stat().st_mtime > LEFT_SECONDS]
    if left:
        yield warn("snapshot", f"an interrupted run left {', '.join(left)}", f"{INDEX}: it tidies up")


def _age(manifest: dict[str, Any]) -> str:
    try:
        days = (datetime.now(UTC) - datetime.fromisoformat(manifest["made_at"])).days
    except (KeyError, ValueError):
        return "at an unknown time"
    return "today" if days < 1 else f"{days} days ago"


def _text(error: KbError) -> str:
    """Without the remedy that many errors end with: it stands in a field of its own."""
    return str(error).removesuffix(f"; {INDEX}").removesuffix(f": {INDEX}")
