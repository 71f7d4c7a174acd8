"""`selfhelp eval`: how well, and how soon in the typing, questions find their articles."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from indexer.commands import err, out
from indexer.folder import read_articles
from indexer.questions import Question, read_questions
from indexer.run import index as run_index
from kb.index.snapshot import MODELS
from kb.search.engine import Engine
from kb.search.metrics import DEEPEST, SHARES, SHOWN, Quality, quality, typed_at
from kb.search.rank import Ranked
from kb.search.suggest import Searcher
from kb.settings import Settings, load_settings

BATCH = 256


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
        known = {entry.slug for entry in searcher.snapshot.articles}
        answerable = [question for question in asked if question.articles]
        unknown = sorted({slug for question in answerable for slug in question.articles - known})
        if unknown:
            err.print(f"[yellow]warning[/] no such article in the snapshot: {', '.join(unknown[:10])}")
        result = quality(first_ranks(searcher, answerable))
    unanswerable = len(asked) - len(answerable)
    if as_json:
        out.print(json.dumps(_fields(result, unanswerable)), markup=False)
    else:
        out.print(_table(result, unanswerable), markup=False)


def first_ranks(searcher: Searcher, questions: Sequence[Question]) -> list[list[int | None]]:
    """For each question and each typed share the rank of its first right article, without the floor."""
    asked = [(typed_at(question.text, share), question.locale) for question in questions for share in SHARES]
    right = [question.articles for question in questions for _ in SHARES]
    ranks: list[int | None] = []
    for start in range(0, len(asked), BATCH):
        found = searcher.rank_many(asked[start : start + BATCH])
        ranks += [_first(searcher, one, right[start + i]) for i, one in enumerate(found)]
    return [ranks[i : i + len(SHARES)] for i in range(0, len(ranks), len(SHARES))]


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
        err.print(f"[red]error[/] {error}", markup=True)
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


def _fields(result: Quality, unanswerable: int) -> dict[str, object]:
    fields = asdict(result)
    fields["success3_at"] = {
        f"{share:.0%}": value for share, value in zip(SHARES, result.success3_at, strict=True)
    }
    return {**fields, "unanswerable": unanswerable}


def _table(result: Quality, unanswerable: int) -> str:
    at = "  ".join(
        f"{share:.0%}: {value:.1f}" for share, value in zip(SHARES, result.success3_at, strict=True)
    )
    return (
        f"questions                  {result.questions} with an answer, {unanswerable} without\n"
        f"success@1                  {result.success1:.1f}\n"
        f"success@{SHOWN}                  {result.success3:.1f}\n"
        f"MRR@{DEEPEST}                     {result.mrr10:.3f}\n"
        f"success@{SHOWN} typed so far     {at}\n"
        f"typing score               {result.typing_score:.1f}\n"
        f"shown, then thrown out     {result.thrown_out:.1f}"
    )
