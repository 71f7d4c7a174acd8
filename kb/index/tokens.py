"""A model's tokenizer: texts -> ids, with the signs that begin and end a text.

A model folder holds one of two files. `tokenizer.json` is read by the tokenizers library;
`tokenizer.model` by sentencepiece, which needs 60 MB for the 250,000 pieces of a multilingual model
where tokenizers needs 300 MB, and loads them in a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kb.errors import ModelError

JSON_FILE = "tokenizer.json"
PIECES_FILE = "tokenizer.model"

Tokens = Callable[[Sequence[str]], list[list[int]]]


def load_tokens(folder: Path, longest: int) -> Tokens:
    """Ids of each text, at most `longest` of them. Raises ModelError."""
    read = _by_pieces if (folder / PIECES_FILE).exists() else _by_json
    try:
        return read(folder, longest)
    except Exception as error:  # the tokenizers library raises bare Exception
        raise ModelError(
            f"{folder}: its tokenizer cannot be read; run `selfhelp index` to export it again ({error})"
        ) from error


def _by_json(folder: Path, longest: int) -> Tokens:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / JSON_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return lambda texts: [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]


def _by_pieces(folder: Path, longest: int) -> Tokens:
    from sentencepiece import SentencePieceProcessor

    pieces = SentencePieceProcessor(model_file=str(folder / PIECES_FILE))
    begin, end = pieces.bos_id(), pieces.eos_id()

    def tokens(texts: Sequence[str]) -> list[list[int]]:
        found = pieces.encode(list(texts), num_threads=1)
        return [[begin, *ids[: longest - 2], end] for ids in found]

    return tokens
