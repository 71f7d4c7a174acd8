"""`selfhelp gaps try`: what a draft would do, before it is published."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from kb.settings import load_settings
from kb.usage.draft_file import read_draft
from kb.usage.gaps_command import data_option, find_gap, load_engine, open_store
from kb.usage.printable import printable
from kb.usage.trial import Trial
from kb.usage.trying import try_article

SHOWN = 10


@click.command(name="try")
@click.argument("number", type=int)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--locale", help="Language of a file outside the articles folder.")
@click.option("--articles", type=click.Path(path_type=Path), help="Folder of the articles.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def try_(  # noqa: PLR0913  click passes each option
    number: int, file: Path, locale: str | None, articles: Path | None, data: Path | None, *, as_json: bool
) -> None:
    """Try FILE on gap NUMBER: which of its questions it would answer, and what it would take from others.

    A question that stands in FILE under `questions` is asked as if it did not. Nothing is published.
    """
    settings = load_settings(data=data, articles=articles, locale=locale)
    written = read_draft(file, settings.articles, settings.locale)
    store = open_store(settings)
    try:
        gap = find_gap(store, number, settings).gap
        trial = try_article(store, load_engine(settings), gap.gap_id, written, settings)
    finally:
        store.close()
    click.echo(printable(trial_as_json(trial) if as_json else trial_as_text(trial)))


def trial_as_json(trial: Trial) -> str:
    taken = [
        {
            "question": one.question.text,
            "articles": sorted(one.question.slugs),
            "source": one.question.source,
            "before": one.before,
            "now": one.now,
            "lost": one.lost,
        }
        for one in trial.taken
    ]
    return json.dumps(asdict(trial) | {"taken": taken}, ensure_ascii=False, indent=2)


def trial_as_text(trial: Trial) -> str:
    lines = [f"answers {trial.answered} of {trial.asked} questions of the gap"]
    if trial.empty:
        lines[0] += ": it says nothing about them yet"
    lines += _listed([f"  not yet: {text}" for text in trial.failing] if not trial.empty else [])
    count = len(trial.taken) + trial.hidden
    lines.append(f"takes away {count} of {trial.compared} questions of other articles")
    lines += _listed(
        [
            f"  {one.before} -> {one.now or 'below 10'}  {one.question.text}  "
            f"({', '.join(sorted(one.question.slugs))}, {one.question.source})"
            for one in trial.taken
        ]
    )
    if trial.hidden:
        lines.append(f"  and {trial.hidden} that one person alone asked, which are not shown")
    return "\n".join(lines)


def _listed(lines: list[str]) -> list[str]:
    more = [f"  and {len(lines) - SHOWN} more (--json lists all)"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + more
