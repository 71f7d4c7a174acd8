"""`selfhelp index`: the folder of articles to a published snapshot."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from indexer.database import learned_questions
from indexer.folder import ArticlesFolder, read_articles
from indexer.languages import remedy
from indexer.publish import roll_back
from indexer.questions import read_solved
from indexer.run import Outcome
from indexer.run import index as run_index
from kb.settings import Settings, load_settings

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Bars:
    """Progress bars on a terminal; a line a stage elsewhere."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        task = self._progress.add_task(name, total=total)
        if not err.is_terminal:
            err.print(f"{escape(name)}: {total}" if total > 1 else escape(name))
        return lambda more: self._progress.advance(task, more)


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
@click.option("--model", help="Encoder: a bundled name, a model folder, or a hub name.")
@click.option("--locale", help="Locale of articles in a folder without locale folders.")
@click.option("--learn", type=click.Path(path_type=Path), help="File of solved questions to learn from.")
@click.option("--check", is_flag=True, help="Only read the articles and report what is wrong with them.")
@click.option("--strict", is_flag=True, help="Publish nothing if any article has an error.")
@click.option("--rollback", is_flag=True, help="Publish the snapshot before the published one again.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="Of the result.")
def index(
    folder: Path | None,
    data: Path | None,
    model: str | None,
    locale: str | None,
    learn: Path | None,
    style: str,
    *,
    check: bool,
    strict: bool,
    rollback: bool,
) -> None:
    """Index FOLDER (default: the articles setting) and publish it as a new snapshot.

    Exit status: 0 all well, 1 some article could not be used, 2 nothing could be done.
    """
    settings = load_settings(data=data, model=model, locale=locale, articles=folder)
    if rollback:
        now, before = roll_back(settings.data)
        out.print(f"published {now} again, in place of {before}")
        return
    with _progress() as progress:
        bars = _Bars(progress)
        found = _read(settings.articles, settings.locale, bars)
        _report(found)
        withheld = check or (strict and found.errors)
        outcome = None if withheld else _run(found, settings, learn, bars)
    if outcome is None:
        _tell_read(found, withheld=not check)
    else:
        if outcome.unspoken:
            err.print(f"[yellow]warning[/] {escape(remedy(settings.model, outcome.unspoken))}")
        out.print(_as_json(outcome, found) if style == "json" else _summary(outcome, found), markup=False)
    sys.exit(1 if found.errors else 0)


def _run(found: ArticlesFolder, settings: Settings, learn: Path | None, bars: _Bars) -> Outcome:
    with learned_questions(settings, read_solved(learn) if learn else ()) as learner:
        if learner and (unknown := learner.unknown(found.articles)):
            err.print(f"[yellow]warning[/] {learn}: no such article: {escape(', '.join(unknown[:10]))}")
        return run_index(
            found,
            settings.articles,
            settings.data,
            model=settings.model,
            reporter=bars,
            learner=learner,
        )


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
    )


def _read(folder: Path, locale: str, bars: _Bars) -> ArticlesFolder:
    advance: list[Callable[[int], None]] = []

    def told(_done: int, total: int) -> None:
        if not advance:
            advance.append(bars.stage("reading", total))
        advance[0](1)

    return read_articles(folder, locale, told)


def _report(found: ArticlesFolder) -> None:
    for error in found.errors:
        err.print(f"[red]error[/] {escape(str(error))}")
    for warning in found.warnings:
        err.print(f"[yellow]warning[/] {escape(warning)}")


def _tell_read(found: ArticlesFolder, *, withheld: bool) -> None:
    out.print(
        f"{len(found.articles)} articles, {len(found.drafts)} drafts, {len(found.errors)} with errors, "
        f"{len(found.warnings)} warnings"
    )
    if withheld:
        out.print("nothing published: --strict, and there are errors")


def _as_json(outcome: Outcome, found: ArticlesFolder) -> str:
    """For programs: one line."""
    counts = {name: len(getattr(outcome.plan, name)) for name in ("added", "changed", "removed", "unchanged")}
    fields = {name: value for name, value in asdict(outcome).items() if name != "plan"}
    left_out = {"drafts": len(found.drafts), "errors": len(found.errors), "warnings": len(found.warnings)}
    return json.dumps({**counts, **left_out, **fields})


def _summary(outcome: Outcome, found: ArticlesFolder) -> str:
    plan = outcome.plan
    learned = f" ({outcome.learned} learned)" if outcome.learned else ""
    verb = "published" if outcome.published else "nothing changed, still published:"
    return (
        f"{len(plan.added)} added, {len(plan.changed)} changed, {len(plan.removed)} removed, "
        f"{len(plan.unchanged)} unchanged; {len(found.drafts)} drafts and {len(found.errors)} files with "
        f"errors left out\n{outcome.articles} articles, {outcome.passages} passages{learned}, "
        f"{outcome.encoded} of them encoded, in {outcome.seconds:.1f} s\n{verb} {outcome.snapshot_id}"
    )
