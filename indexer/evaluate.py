"""`selfhelp eval`: how well, and how soon in the typing, questions find their articles."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from indexer.folder import read_articles
from indexer.progress import err, out
from indexer.run import index as run_index
from kb.content.question_files import Question, read_questions
from kb.index.snapshot import MODELS
from kb.search.confidence import confidences
from kb.search.engine import Engine
from kb.search.metrics import (
    ANSWERABLE,
    DEEPEST,
    SHARES,
    SHOWN,
    Judged,
    calibration_error,
    quality,
    separation,
    typed_at,
)
from kb.search.rank import Ranked
from kb.search.suggest import Searcher
from kb.settings import Settings, load_settings

BATCH = 100


@click.command()
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--articles", type=click.Path(path_type=Path), help="Index this folder for the occasion.")
@click.option("--sample", type=click.IntRange(min=1), help="Ask only so many, always the same ones.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
@click.option("--model", help="Encoder for --articles: a bundled name, a model folder, or a hub name.")
@click.option("--locale", help="For --articles without locale folders.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(
    questions: Path,
    articles: Path | None,
    sample: int | None,
    data: Path | None,
    model: str | None,
    locale: str | None,
    *,
    as_json: bool,
) -> None:
    """Ask QUESTIONS (a .jsonl file) of the published snapshot, whole and half typed."""
    settings = load_settings(data=data, model=model, locale=locale)
    asked = read_questions(questions, sample)
    with _searcher(settings, articles) as searcher:
        _warn_of_unknown(searcher, asked)
        report = _report(*ask(searcher, asked), floor=settings.floor)
    out.print(json.dumps(report) if as_json else _table(report), markup=False)


def _warn_of_unknown(searcher: Searcher, asked: Sequence[Question]) -> None:
    known = {entry.slug for entry in searcher.snapshot.articles}
    unknown = sorted({slug for question in asked for slug in question.articles - known})
    if unknown:
        err.print(f"[yellow]warning[/] no such article in the snapshot: {', '.join(unknown[:10])}")


def ask(searcher: Searcher, questions: Sequence[Question]) -> tuple[list[list[int | None]], list[Judged]]:
    """Asks all questions as far typed as SHARES, without the floor.

    Returns for each answerable one the ranks of its first right article at each share, and for every
    whole question what its first suggestion was worth.
    """
    ranks: list[list[int | None]] = []
    judged: list[Judged] = []
    for start in range(0, len(questions), BATCH):
        some = questions[start : start + BATCH]
        found = searcher.rank_many([(typed_at(q.text, share), q.locale) for q in some for share in SHARES])
        for number, question in enumerate(some):
            rows = found[number * len(SHARES) : (number + 1) * len(SHARES)]
            shown = as_shown(searcher, [ranked for _, ranked in rows])
            places = [_first(searcher, ranked, question.articles) for ranked in shown]
            if question.articles:
                ranks.append(places)
            chances = confidences(*rows[-1], 1, searcher.snapshot.ranking)
            judged.append(
                Judged(
                    confidence=chances[0] if chances else 0.0,
                    right=places[-1] == 1,
                    kind=ANSWERABLE if question.articles else question.kind,
                )
            )
    return ranks, judged


def as_shown(searcher: Searcher, typed_on: Sequence[Ranked]) -> list[Ranked]:
    """One question's beginnings, each longer than the last, with what is shown for the one before."""
    made: list[Ranked] = []
    slugs: set[str] = set()
    for ranked in typed_on:
        made.append(searcher.steadied(ranked, slugs, SHOWN))
        slugs = {searcher.snapshot.articles[row].slug for row in made[-1].articles[:SHOWN].tolist()}
    return made


def _first(searcher: Searcher, ranked: Ranked, right: frozenset[str]) -> int | None:
    slugs = (searcher.snapshot.articles[row].slug for row in ranked.articles[:DEEPEST].tolist())
    return next((rank for rank, slug in enumerate(slugs, start=1) if slug in right), None)


@contextmanager
def _searcher(settings: Settings, articles: Path | None) -> Iterator[Searcher]:
    """Of the published snapshot, or of a throwaway one that shares only the models."""
    if articles is None:
        yield _load(settings.data, settings.floor)
        return
    found = read_articles(articles, settings.locale)
    for error in found.errors:
        err.print(f"[red]error[/] {escape(str(error))}")
    (settings.data / MODELS).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="selfhelp-eval-") as name:
        throwaway = Path(name)
        (throwaway / MODELS).symlink_to((settings.data / MODELS).resolve())
        run_index(found, articles, throwaway, model=settings.model, reporter=_Quiet())
        yield _load(throwaway, settings.floor)


def _load(data: Path, floor: float) -> Searcher:
    engine = Engine(data, floor=floor)
    engine.load()
    return engine.searcher()


class _Quiet:
    def stage(self, name: str, total: int) -> Callable[[int], None]:
        return lambda _more: None


def _report(ranks: list[list[int | None]], judged: list[Judged], *, floor: float) -> dict[str, Any]:
    """All figures under their names, for programs and for the table."""
    result = quality(ranks)
    kinds = sorted({one.kind for one in judged} - {ANSWERABLE})
    at = {f"{share:.0%}": value for share, value in zip(SHARES, result.success3_at, strict=True)}
    return {
        **asdict(result),
        "success3_at": at,
        "unanswerable": sum(one.kind != ANSWERABLE for one in judged),
        "auroc": {kind: separation(judged, kind) for kind in kinds},
        "calibration_error": calibration_error(judged),
        "floor": floor,
        "kept": {kind: _kept(judged, kind, floor) for kind in (ANSWERABLE, *kinds)},
    }


def _kept(judged: Sequence[Judged], kind: str, floor: float) -> float:
    """Percent of the questions of a kind whose first suggestion is shown."""
    some = [one for one in judged if one.kind == kind]
    return 100 * sum(one.confidence >= floor for one in some) / max(1, len(some))


def _table(report: Mapping[str, Any]) -> str:
    at = "  ".join(f"{share}: {value:.1f}" for share, value in report["success3_at"].items())
    kept = report["kept"]
    rows = [
        ("questions", f"{report['questions']} with an answer, {report['unanswerable']} without"),
        ("success@1", f"{report['success1']:.1f}"),
        (f"success@{SHOWN}", f"{report['success3']:.1f}"),
        (f"MRR@{DEEPEST}", f"{report['mrr10']:.3f}"),
        (f"success@{SHOWN} typed so far", at),
        ("typing score", f"{report['typing_score']:.1f}"),
        ("shown, then thrown out", f"{report['thrown_out']:.1f}"),
        *((f"AUROC against {kind}", f"{value:.1f}") for kind, value in report["auroc"].items()),
        ("calibration error", f"{report['calibration_error']:.3f}"),
        (f"kept at floor {report['floor']}", f"{kept[ANSWERABLE]:.1f}"),
        *((f"refused, {kind}", f"{100 - share:.1f}") for kind, share in kept.items() if kind != ANSWERABLE),
    ]
    return "\n".join(f"{name:26} {value}" for name, value in rows)
