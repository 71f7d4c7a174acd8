"""Counts of a set of articles: those of the published snapshot, with what has changed counted anew."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.index.content import Content, grams_in, numbers_in, words_in
from kb.index.counts import NOTHING, Counted, Counts, Numbers, recount
from kb.index.phrases import NOT_RUNNING, Running, running
from kb.index.text import fold, words
from kb.index.words import read_vocabulary

Ids = npt.NDArray[np.int64]
FILE = "counts.npz"
KINDS = {"words": "words.npz", "grams": "grams.npz", "passages": "passage_words.npz"}
# What decides what is counted of a text.
PROGRAM = ("text.py", "content.py", "phrases.py", "synonyms.py")
NONE = Counted(keys=(), words=NOTHING, grams=NOTHING, passages=NOTHING, running=NOT_RUNNING)


def count(content: Content, before: Counted, bounds: Ids) -> Counted:
    """Counts of these articles; `bounds` are the passages [start, end) of each article of `before`."""
    keys = keys_of(content)
    known = {key: number for number, key in enumerate(before.keys)}
    places = np.array([known.get(key, -1) for key in keys], dtype=np.int64)
    fresh = np.flatnonzero(places < 0).tolist()
    return Counted(
        keys=keys,
        words=recount(before.words, places, [words_in(content, number) for number in fresh]),
        grams=recount(before.grams, places, (grams_in(content, number) for number in fresh)),
        passages=recount(
            before.passages,
            _passages(content, places, bounds),
            [words(fold(passage.text)) for number in fresh for passage in content.passages[number]],
        ),
        running=running(
            before.running.of(place) if place >= 0 else numbers_in(content, number)
            for number, place in enumerate(places.tolist())
        ),
    )


def keys_of(content: Content) -> list[str]:
    """Of each article; they stand in the order of articles, so that what stayed has kept its order."""
    around = json.dumps([_program(), content.synonyms.to_json()])
    return [
        sha256("\n".join((around, article.locale, article.slug, *(p.digest for p in passages))).encode())
        .hexdigest()[:32]
        for article, passages in zip(content.articles, content.passages, strict=True)
    ]  # fmt: skip


def save_counts(counted: Counted, folder: Path) -> None:
    """The times beside the terms, which hold the rest; only an index run reads them."""
    arrays = {kind: _small(getattr(counted, kind).times) for kind in KINDS}
    arrays |= {"running": counted.running.numbers, "ends": counted.running.ends}
    np.savez(folder / FILE, allow_pickle=False, keys=np.array(counted.keys, dtype="S32"), **arrays)


def load_counts(folder: Path) -> Counted:
    """Of a snapshot that has been checked; of one without them nothing is counted."""
    if not (folder / FILE).is_file():
        return NONE
    with np.load(folder / FILE, allow_pickle=False) as kept:
        counts = {kind: _counts(folder / file, kept[kind]) for kind, file in KINDS.items()}
        return Counted(
            keys=[key.decode() for key in kept["keys"].tolist()],
            running=Running(numbers=kept["running"], ends=kept["ends"]),
            **counts,
        )


def _counts(file: Path, times: npt.NDArray[np.integer]) -> Counts:
    """Published terms, with the times that their weights come from."""
    with np.load(file, allow_pickle=False) as arrays:
        return Counts(
            vocabulary=read_vocabulary(arrays["vocabulary"]),
            indptr=arrays["indptr"],
            documents=arrays["documents"],
            times=times.astype(np.int32),
            size=int(arrays["size"]),
        )


def _passages(content: Content, places: Ids, bounds: Ids) -> Ids:
    """Where each passage stood before: the passages of an article that stayed, stayed."""
    found = [
        np.arange(*bounds[place]) if place >= 0 else np.full(len(passages), -1)
        for place, passages in zip(places.tolist(), content.passages, strict=True)
    ]
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, np.int64)


def _small(times: Numbers) -> npt.NDArray[np.integer]:
    return times.astype(np.min_scalar_type(int(times.max(initial=0))))


def _program() -> str:
    """Changes when this program takes texts apart, or puts together what is counted, differently."""
    sources = b"".join((Path(__file__).parent / name).read_bytes() for name in PROGRAM)
    return sha256(sources).hexdigest()[:16]
