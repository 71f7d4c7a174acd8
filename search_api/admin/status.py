"""What is published, what is kept of before, and which model reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb.errors import KbError
from kb.index.manifest import MANIFEST, read_json
from kb.index.snapshot import MODELS, SNAPSHOTS, published_id
from search_api.admin.reports import Reports


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSnapshot:
    """A snapshot on disk; `manifest` is empty when it cannot be read."""

    name: str
    manifest: Mapping[str, Any]
    published: bool
    served: bool

    @property
    def made_at(self) -> datetime | None:
        made = self.manifest.get("made_at")
        return datetime.fromisoformat(made) if isinstance(made, str) else None


def status(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/status")
    def status() -> ResponseReturnValue:
        return render_template(
            "admin/status.html",
            snapshots=snapshots(reports.settings.data, reports.engine.snapshot_id),
            served=reports.engine.snapshot_id,
            model=model_of(reports.settings.data, reports.engine.snapshot_id),
            articles=reports.articles(),
            locales=reports.engine.locales() if reports.engine.ready else (),
        )


def model_of(data: Path, snapshot: str | None) -> Mapping[str, Any]:
    """The card of the model that a snapshot is read with; empty when there is none."""
    manifest = _json(data / SNAPSHOTS / snapshot / MANIFEST) if snapshot else {}
    return _json(data / MODELS / str(manifest.get("model")) / "model.json")


def snapshots(data: Path, served: str | None) -> list[KeptSnapshot]:
    """The newest first."""
    try:
        published = published_id(data)
    except KbError:
        published = ""
    folder = data / SNAPSHOTS
    found = folder.iterdir() if folder.is_dir() else iter(())
    names = sorted((one.name for one in found if one.is_dir()), reverse=True)
    return [
        KeptSnapshot(
            name=name,
            manifest=_json(folder / name / MANIFEST),
            published=name == published,
            served=name == served,
        )
        for name in names
        if not name.startswith(".")
    ]


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = read_json(path)
    except KbError:
        return {}
    return found if isinstance(found, dict) else {}
