"""What a model folder is named by: the hash of its content."""

from __future__ import annotations

from hashlib import file_digest, sha256
from pathlib import Path

from kb.errors import ModelError
from kb.index.encoder import load_card
from kb.index.tokens import JSON_FILE, PIECES_FILE


def content_hash(folder: Path) -> str:
    """Of the graph in use, the tokenizer and the card: 16 hexadecimal digits. Raises ModelError."""
    graph = load_card(folder).file
    digest = sha256()
    for name in (graph, f"{graph}.data", JSON_FILE, PIECES_FILE, "model.json"):
        if (folder / name).exists():
            with (folder / name).open("rb") as file:
                digest.update(file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def is_whole(folder: Path) -> bool:
    """Whether a kept model is what it was when it was exported."""
    try:
        return content_hash(folder) == folder.name
    except ModelError:
        return False
