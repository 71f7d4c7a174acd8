"""What turns text into meaning: the port, and the one adapter that serves it.

A model folder (`DATA/models/<hash>/`) holds `model.json`, a tokenizer and ONNX files that take
`input_ids` and `attention_mask` and give one unit vector a text and a smaller one for each of its tokens.
onnxruntime is imported here alone, and only when a model is opened: an index run that finds nothing new
need not wait for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError
from kb.index.encoding import Bytes, Encodings, rounded
from kb.index.tokens import load_tokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = npt.NDArray[np.float32]
Progress = Callable[[int], None]

BATCH = 32
FP32_FILE = "model.onnx"
INT8_FILE = "model.int8.onnx"
# A processor that runs the int8 graph as the exporting one did agrees with it to rounding; one whose
# 8-bit products overflow is far off.
PROBE_COSINE = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What a model folder says of itself (`model.json`).

    `file` is the graph to run, `precision` how it was made (`fp32`, `int8`);
    `languages` are those it was trained on, empty when unknown; `probe` is a text and `probe_vector`
    what the graph made of it on the machine that exported it.
    """

    name: str
    dimension: int
    max_tokens: int
    question_prompt: str
    passage_prompt: str
    file: str
    precision: str
    languages: tuple[str, ...]
    probe: str
    probe_vector: tuple[float, ...]

    def save(self, folder: Path) -> None:
        (folder / "model.json").write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


class QuestionEncoder(Protocol):
    """The half of an Encoder that reading and ranking a question takes."""

    def encode_questions(self, texts: Sequence[str]) -> Encodings: ...

    def whole(self, word: str) -> bool:
        """Whether it knows the word as one; else it makes do with pieces of it."""
        ...


class Encoder(QuestionEncoder, Protocol):
    """Texts to unit vectors; a question and a passage near each other in meaning have a high product, and
    so have tokens that mean the same where they stand.
    """

    @property
    def dimension(self) -> int: ...

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encodings:
        """`progress` is told how many more are done."""
        ...


def load_card(folder: Path) -> ModelCard:
    """Raises ModelError when the folder holds no exported model."""
    try:
        fields = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        fields |= {key: tuple(fields[key]) for key in ("languages", "probe_vector")}
        return ModelCard(**fields)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder}: no exported model here; run `selfhelp index` to export it again"
        ) from error


class OnnxEncoder:
    """An exported model on onnxruntime; safe to use from several threads at once."""

    def __init__(self, folder: Path, *, threads: int = 1, file: str | None = None) -> None:
        self.card = load_card(folder)
        self._folder = folder
        self._threads = threads
        self._tokens = load_tokens(folder, self.card.max_tokens)
        self._signs = frozenset(self._tokens([""])[0])
        prompts = {self.card.question_prompt, self.card.passage_prompt}
        self._prompted = {prompt: len(self._own(self._tokens([prompt])[0])) for prompt in prompts}
        self._session = self._open(file or self.card.file)
        if file is None and self._drifted():
            self._session = self._open(FP32_FILE)

    @property
    def dimension(self) -> int:
        return self.card.dimension

    def encode_questions(self, texts: Sequence[str]) -> Encodings:
        return self._encode(self.card.question_prompt, texts, None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encodings:
        return self._encode(self.card.passage_prompt, texts, progress)

    def whole(self, word: str) -> bool:
        return len(self._own(self._tokens([word])[0])) == 1

    def probe(self) -> Floats:
        """Vector of the card's probe, shape (dimension,)."""
        return self.encode_questions([self.card.probe])[0].vector

    def _open(self, file: str) -> InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(
                str(self._folder / file), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors share no base of their own
            raise ModelError(
                f"{self._folder / file}: onnxruntime cannot load it; run `selfhelp index` to export it again "
                f"({error})"
            ) from error

    def _drifted(self) -> bool:
        """Whether this machine's int8 arithmetic is not the exporting machine's."""
        if self.card.precision == "fp32" or not self.card.probe_vector:
            return False
        return float(self.probe() @ np.array(self.card.probe_vector, dtype=np.float32)) < PROBE_COSINE

    def _encode(self, prompt: str, texts: Sequence[str], progress: Progress | None) -> Encodings:
        """Texts of like length go together, so that little is spent on padding."""
        encoded = self._tokens([prompt + text for text in texts])
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i]))
        vectors = np.zeros((len(texts), self.card.dimension), dtype=np.float32)
        tokens: list[Bytes] = [np.zeros((0, 0), dtype=np.int8)] * len(texts)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows], found = self._run([encoded[i] for i in rows])
            for row, made in zip(rows, found, strict=True):
                tokens[row] = rounded(made[self._own(encoded[row])[self._prompted[prompt] :]])
            if progress:
                progress(len(rows))
        return Encodings(vectors, tokens)

    def _own(self, ids: list[int]) -> list[int]:
        """Places of a text's tokens but for the signs that begin and end it."""
        return [place for place, token in enumerate(ids) if token not in self._signs]

    def _run(self, batch: list[list[int]]) -> tuple[Floats, Floats]:
        """Shapes (texts, dimension) and, of tokens, (texts, length, smaller dimension)."""
        width = max(1, *(len(ids) for ids in batch)) if len(batch) > 1 else max(1, len(batch[0]))
        ids = np.zeros((len(batch), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        vectors, found = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return vectors, found
