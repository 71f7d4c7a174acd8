"""The bundled encoders, exported when they are not yet."""

from __future__ import annotations

from pathlib import Path

from indexer.bundled import MULTILINGUAL
from indexer.models import ensure_model
from kb.index.encoder import OnnxEncoder
from kb.index.snapshot import MODELS

ENGLISH = "all-MiniLM-L6-v2"
BUNDLED = (ENGLISH, MULTILINGUAL)


def open_encoder(name: str, data: Path) -> OnnxEncoder:
    """Exports it into `data` where it is not there."""
    (data / MODELS).mkdir(parents=True, exist_ok=True)
    return OnnxEncoder(data / MODELS / ensure_model(name, data, lambda *_: True, lambda _: None))
