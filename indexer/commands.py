"""`selfhelp index`: the folder of articles to a published snapshot."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.markup import escape

from indexer.database import learned_questions, verify_gaps
from indexer.folder import read_articles
from indexer.found import ArticlesFolder
from indexer.gate import judge
from indexer.golden import Shelf, chosen, written_questions
from indexer.job import Outcome, Wish
from indexer.languages import remedy
from indexer.lock import only_one
from indexer.model_change import published_model, unasked_change
from indexer.progress import Bars, err, out, progress
from indexer.publish import roll_back
from indexer.read_before import ReadBefore
from indexer.run import index as run_index
from indexer.telling import EMPTIED, outcome_json, outcome_text, read_json, read_text
from kb.content.question_files import QUESTIONS, read_solved
from kb.errors import KbError, QuestionsError
from kb.index.snapshot import published_id
from kb.settings import Settings, load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the command line asks for."""

    settings: Settings
    learn: Path | None
    wish: Wish
    check: bool
    strict: bool
    as_json: bool


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
@click.option("--model", help="Encoder: a bundled name, a model folder, or a hub name.")
@click.option("--locale", help="Locale of articles in a folder without locale folders.")
@click.option("--learn", type=click.Path(path_type=Path), help="File of solved questions to learn from.")
@click.option("--check", is_flag=True, help="Only read the articles and report what is wrong with them.")
@click.option("--strict", is_flag=True, help="Publish nothing if any article has an error.")
@click.option("--full", is_flag=True, help="Start over: parse, encode, count and learn everything again.")
@click.option("--force", is_flag=True, help="Publish even if golden questions lose their articles.")
@click.option("--watch", is_flag=True, help="Stay, and index again whenever the folder changes.")
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
    full: bool,
    force: bool,
    watch: bool,
    rollback: bool,
) -> None:
    """Index FOLDER (default: the articles setting) and publish it as a new snapshot.

    Exit status: 0 all well, 1 some article could not be used or the golden questions keep the snapshot from
    being published, 2 nothing could be done.
    """
    settings = load_settings(data=data, model=model, locale=locale, articles=folder)
    asked = _Asked(
        settings=settings,
        learn=learn,
        wish=Wish(full=full, force=force, points=settings.gate_points),
        check=check,
        strict=strict,
        as_json=style == "json",
    )
    if rollback:
        _roll_back(asked)
    elif watch:
        _watch(asked)
    else:
        # A run makes a great many objects and hardly a cycle among them.
        gc.disable()
        sys.exit(_once(asked))


def _roll_back(asked: _Asked) -> None:
    data = asked.settings.data
    # Before the lock, which needs the folder: without a snapshot there is nothing to wait for.
    published_id(data)
    with only_one(data, lambda told: err.print(escape(told))):
        now, before = roll_back(data)
    told = json.dumps({"snapshot_id": now, "published": True, "instead_of": before})
    out.print(told if asked.as_json else f"published {now} again, in place of {before}", markup=False)


def _watch(asked: _Asked) -> None:
    """Until interrupted; whatever a run meets, the next change is followed."""
    from indexer.watch import follow

    def run() -> None:
        try:
            _once(asked)
        except KbError as error:
            err.print(f"[red]error[/] {escape(str(error))}")
        except Exception as error:  # a fault of ours on one state of the folder must not end the watch
            err.print(f"[red]error[/] {type(error).__name__}: {escape(str(error))}")

    err.print(f"watching {escape(str(asked.settings.articles))}: Ctrl-C ends it")
    try:
        follow(asked.settings.articles, run)
    except KeyboardInterrupt:
        err.print("no longer watching")


def _once(asked: _Asked) -> int:
    """One run, told as asked; the exit status."""
    with progress() as showing:
        bars = Bars(showing)
        found = _read(asked, bars)
        if asked.check:
            found = _with_golden(found, asked.settings.articles)
        _report(found)
        withheld = asked.check or (asked.strict and found.errors)
        outcome = None if withheld else _run(found, asked, bars)
    if outcome is None:
        told = read_json(found) if asked.as_json else read_text(found, withheld=not asked.check)
    else:
        if outcome.unspoken:
            err.print(f"[yellow]warning[/] {escape(remedy(asked.settings.model, outcome.unspoken))}")
        told = outcome_json(outcome, found) if asked.as_json else outcome_text(outcome, found)
    out.print(told, markup=False)
    return 1 if found.errors or (outcome and outcome.refused) else 0


def _run(found: ArticlesFolder, asked: _Asked, bars: Bars) -> Outcome:
    settings = asked.settings
    model_before = published_model(settings.data)
    with learned_questions(settings, read_solved(asked.learn) if asked.learn else ()) as learner:
        if learner and (unknown := learner.unknown(found.articles)):
            err.print(f"[yellow]warning[/] {asked.learn}: no such article: {escape(', '.join(unknown[:10]))}")
        outcome = run_index(
            found,
            settings.articles,
            settings.data,
            model=settings.model,
            reporter=bars,
            learner=learner,
            wish=asked.wish,
        )
    if outcome.published:
        if changed := unasked_change(settings, model_before):
            err.print(f"[yellow]warning[/] {escape(changed)}")
        for told in verify_gaps(settings):
            err.print(escape(told))
    return outcome


def _read(asked: _Asked, bars: Bars) -> ArticlesFolder:
    advance: list[Callable[[int], None]] = []

    def told(_done: int, total: int) -> None:
        if not advance:
            advance.append(bars.stage("reading", total))
        advance[0](1)

    before = ReadBefore(asked.settings.data, keep=not asked.check, known=not asked.wish.full)
    return read_articles(asked.settings.articles, asked.settings.locale, told, before)


def _with_golden(found: ArticlesFolder, folder: Path) -> ArticlesFolder:
    """With what is wrong with the questions beside the articles: a run would stop at it before publishing."""
    try:
        golden = chosen(written_questions(folder))
    except QuestionsError as error:
        return replace(found, errors=(*found.errors, error))
    shelf = Shelf((article.slug, article.aliases, ()) for article in found.articles)
    gate = judge(golden, {one.key: None for one in golden if shelf.right(one)}, {}, points=0)
    missing = [
        f"{one.source}: no article {' or '.join(sorted(one.slugs))}: {one.text!r}" for one in gate.orphaned
    ]
    many = QuestionsError(f"{QUESTIONS}: {EMPTIED}: mend its slugs, or name old ones as `aliases`")
    return replace(
        found,
        errors=(*found.errors, *([many] if gate.emptied else [])),
        warnings=(*found.warnings, *missing),
    )


def _report(found: ArticlesFolder) -> None:
    """One print for all: rich takes its time over each."""
    errors = [f"[red]error[/] {escape(str(error))}" for error in found.errors]
    warnings = [f"[yellow]warning[/] {escape(warning)}" for warning in found.warnings]
    if errors or warnings:
        err.print("\n".join(errors + warnings))
