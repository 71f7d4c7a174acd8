"""A model that a run changes though nobody named one: it is the default that came back."""

from __future__ import annotations

from pathlib import Path

from kb.errors import KbError
from kb.index.encoder import load_card
from kb.index.manifest import read_json
from kb.index.snapshot import MODELS, SNAPSHOTS, published_id
from kb.settings import Settings


def published_model(data: Path) -> str:
    """The name of the published snapshot's model; empty where that cannot be told."""
    try:
        manifest = read_json(data / SNAPSHOTS / published_id(data) / "manifest.json")
        return load_card(data / MODELS / str(manifest["model"])).name
    except (KbError, OSError, KeyError, TypeError):
        return ""


def unasked_change(settings: Settings, before: str) -> str:
    """What to say when another model than `before` is published and nobody named one; else empty."""
    now = published_model(settings.data)
    if "model" in settings.model_fields_set or not before or not now or now == before:
        return ""
    return f"the model was {before} and is now {now}, the default; to go back set SELFHELP_MODEL={before}"
