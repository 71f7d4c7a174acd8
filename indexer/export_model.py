"""sentence-transformers -> ONNX, once for each model: `python -m indexer.export_model SOURCE FOLDER`.

Runs as a process of its own, so that no long-lived one ever holds torch. The whole pipeline
(transformer, pooling, projection, normalisation) becomes one graph from token ids to unit vectors.
"""

from __future__ import annotations

import json
import sys
import warnings
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from kb.errors import ModelError
from kb.index.encoder import FP32_FILE, INT8_FILE, ModelCard, OnnxEncoder

# Longer passages are cut by the splitter anyway, and attention costs the square of the length.
LONGEST = 512
OPSET = 17
PROBE = "My screen stays black after I sign in, and error DF-3001 comes up. What can I do?"
# Rounding alone; a graph further off than this is not the same model.
SAME = 0.999


class _Pipeline(torch.nn.Module):
    """A sentence-transformers model from ids and mask to the sentence's embedding."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.model = model
        forward = signature(model[0].auto_model.forward).parameters
        names = model.tokenizer.model_input_names
        self.typed = "token_type_ids" in forward and "token_type_ids" in names

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        features = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self.typed:
            features["token_type_ids"] = torch.zeros_like(input_ids)
        for module in self.model:
            features = module(features)
        return features["sentence_embedding"]


def export(source: str, folder: Path, name: str) -> None:
    """Writes model.json, tokenizer.json and the graph in fp32 and int8. Raises ModelError."""
    model = _load(source)
    folder.mkdir(parents=True, exist_ok=True)
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    _write_graph(model, folder)
    card = _card(model, name)
    card.save(folder)
    _check(model, folder)
    _quantise(folder)


def _load(source: str) -> SentenceTransformer:
    if Path(source).is_dir() and not (Path(source) / "config.json").exists():
        raise ModelError(f"{source}: not a model: a sentence-transformers folder has a config.json")
    try:
        model = SentenceTransformer(source, device="cpu", model_kwargs={"attn_implementation": "eager"})
    except Exception as error:  # whatever a hub, a config or a weights file can raise
        raise ModelError(
            f"{source}: sentence-transformers cannot load it ({type(error).__name__}: "
            f"{_first_line(error)}); name a bundled model, a folder, or a hub name where there is a network"
        ) from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise ModelError(f"{source}: its tokenizer has no fast form (tokenizer.json), which serving needs")
    return model.eval()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "no reason given")[:200]


def _write_graph(model: SentenceTransformer, folder: Path) -> None:
    example = model.tokenizer(["one", "another, longer one"], padding=True, return_tensors="pt")
    batch_and_length = {0: "batch", 1: "length"}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of shapes that _check proves harmless
        torch.onnx.export(
            _Pipeline(model),
            (example["input_ids"], example["attention_mask"]),
            str(folder / FP32_FILE),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": batch_and_length,
                "attention_mask": batch_and_length,
                "embedding": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )


def _card(model: SentenceTransformer, name: str) -> ModelCard:
    prompts = {key: value for key, value in model.prompts.items() if value}
    is_e5 = "e5" in name.lower()
    return ModelCard(
        name=name,
        dimension=int(model.get_sentence_embedding_dimension() or 0),
        max_tokens=min(LONGEST, model.max_seq_length or LONGEST),
        question_prompt=prompts.get("query", "query: " if is_e5 else ""),
        passage_prompt=prompts.get("passage", prompts.get("document", "passage: " if is_e5 else "")),
        file=FP32_FILE,
        precision="fp32",
        languages=(),
        probe=PROBE,
        probe_vector=(),
    )


def _check(model: SentenceTransformer, folder: Path) -> None:
    """The graph has to give what sentence-transformers gives, for short and long texts alike."""
    texts = ["invoice", PROBE, " ".join([PROBE] * 5)]
    here = OnnxEncoder(folder)
    prompt = here.card.question_prompt
    there = model.encode([prompt + text for text in texts], normalize_embeddings=True)
    cosines = (np.asarray(there) * here.encode_questions(texts)).sum(axis=1)
    if cosines.min() < SAME:
        raise ModelError(
            f"the exported graph differs from the model (cosine {cosines.min():.4f}); use another"
        )


def _quantise(folder: Path) -> None:
    """int8 weights, one scale a channel; the full range overflows on processors without VNNI."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    full = OnnxEncoder(folder).encode_questions([PROBE])[0]
    best, best_cosine = b"", -1.0
    for reduced in (False, True):
        quantize_dynamic(
            folder / FP32_FILE,
            folder / INT8_FILE,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=reduced,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"MatMulConstBOnly": True},
        )
        vector = OnnxEncoder(folder, file=INT8_FILE).encode_questions([PROBE])[0]
        cosine = float(full @ vector)
        if cosine > best_cosine:
            best, best_cosine = (folder / INT8_FILE).read_bytes(), cosine
            (folder / "precision").write_text("int8-reduced-range" if reduced else "int8")
    (folder / INT8_FILE).write_bytes(best)


def main(arguments: list[str]) -> int:
    """Prints one line of JSON: `{}` or `{"error": …}`."""
    source, folder, name = arguments
    try:
        export(source, Path(folder), name)
    except ModelError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    print("{}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
