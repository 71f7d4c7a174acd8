"""`selfhelp gaps group`: any questions grouped as gaps are, before anything is installed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from indexer.models import ensure_model
from kb.content.question_files import AskedLine, read_asked
from kb.errors import KbError
from kb.index.encoder import OnnxEncoder
from kb.index.manifest import read_manifest
from kb.index.snapshot import MODELS, SNAPSHOTS, published_id
from kb.settings import Settings, load_settings
from kb.usage.grouping import Grouping, group_questions
from kb.usage.likeness import asked_of
from kb.usage.printable import printable

# A model exported for this alone is kept apart: `selfhelp index` judges its int8 form by the articles.
APART = "grouping"
# Mean cosine between int8 and fp32 vectors of the questions, from which on groups hardly differ.
SAME = 0.98
SAMPLED = 200
LABEL_CHARS = 90


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON: each line's group, each group's label.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
@click.option("--model", help="Encoder, when nothing is published: a bundled name, a folder, or a hub name.")
def group(file: Path, data: Path | None, model: str | None, *, as_json: bool) -> None:
    """Group the questions of FILE, `{"question": "…"}` a line: which ask the same?

    The number of groups is found, not given. A group's label is its most central question.
    """
    settings = load_settings(data=data, model=model)
    lines = read_asked(file)
    if lines:
        encoder = OnnxEncoder(_model(settings, [line.text for line in lines], chosen=model is not None))
        texts, locales = [line.text for line in lines], [line.locale for line in lines]
        found = group_questions(asked_of(texts, encoder.encode_questions, locales))
    else:
        found = Grouping(groups=np.zeros(0, dtype=np.int64), central=())
    click.echo(printable(_as_json(lines, found) if as_json else _as_text(lines, found)))


def _model(settings: Settings, texts: Sequence[str], *, chosen: bool) -> Path:
    """The published encoder, or the one named, exported if it has to be. Raises ModelError."""
    if not chosen:
        try:
            manifest = read_manifest(settings.data / SNAPSHOTS / published_id(settings.data))
            return settings.data / MODELS / str(manifest["model"])
        except KbError:
            pass  # nothing is published, or nothing that can be used
    sample = texts[:: max(1, len(texts) // SAMPLED)]

    def alike(full: OnnxEncoder, small: OnnxEncoder) -> bool:
        cosines = (full.encode_questions(sample).vectors * small.encode_questions(sample).vectors).sum(axis=1)
        return bool(cosines.mean() >= SAME)

    folder = settings.data / APART
    (folder / MODELS).mkdir(parents=True, exist_ok=True)
    made = ensure_model(settings.model, folder, alike, lambda doing: click.echo(doing, err=True))
    return folder / MODELS / made


def _as_json(lines: Sequence[AskedLine], found: Grouping) -> str:
    """Groups are numbered from 1, the largest first."""
    numbers = (found.groups + 1).tolist()
    sizes = np.bincount(found.groups, minlength=len(found.central)).tolist()
    return json.dumps(
        {
            "lines": [
                {"line": line.line, "question": line.text, "group": number}
                for line, number in zip(lines, numbers, strict=True)
            ],
            "groups": [
                {"group": place + 1, "label": lines[row].text, "questions": sizes[place]}
                for place, row in enumerate(found.central)
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _as_text(lines: Sequence[AskedLine], found: Grouping) -> str:
    sizes = np.bincount(found.groups, minlength=len(found.central)).tolist()
    several = [place for place, size in enumerate(sizes) if size > 1]
    rows = [f"{'group':>5}  {'questions':>9}  most central question"]
    rows += [f"{place + 1:>5}  {sizes[place]:>9}  {_label(lines[found.central[place]])}" for place in several]
    single = len(sizes) - len(several)
    return "\n".join([*rows, f"{len(lines)} questions, {len(several)} groups, {single} asked by nobody else"])


def _label(line: AskedLine) -> str:
    text = " ".join(line.text.split())
    return text if len(text) <= LABEL_CHARS else text[: LABEL_CHARS - 1] + "…"
