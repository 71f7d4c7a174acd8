"""`selfhelp gaps draft`: the beginning of an article about a gap."""

from __future__ import annotations

from pathlib import Path

import click

from kb.errors import SettingsError
from kb.settings import load_settings
from kb.usage.drafting import draft_for, keep_draft
from kb.usage.gaps_command import data_option, find_gap, load_engine, open_store, who_decides


@click.command()
@click.argument("number", type=int)
@click.option("--locale", default="", help="Language to write in; else that of the questions.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write instead.")
@click.option("--articles", type=click.Path(path_type=Path), help="Folder of the articles.")
@data_option
def draft(number: int, locale: str, out: Path | None, articles: Path | None, data: Path | None) -> None:
    """Begin an article about gap NUMBER: a draft with its questions and an outline, never over a file.

    It is written to drafts/ in the articles folder of its language; the gap's status becomes `drafting`.
    """
    settings = load_settings(data=data, articles=articles)
    if out is None and not settings.articles.is_dir():
        raise SettingsError(
            f"{settings.articles}: no such folder; name yours with --articles, or a file with --out"
        )
    store = open_store(settings)
    try:
        detail = find_gap(store, number, settings)
        made = draft_for(detail, load_engine(settings), settings, locale)
        file = out or settings.articles / made.path
        keep_draft(store, detail, made, file, who_decides())
    finally:
        store.close()
    click.echo(f"{file}\nfill it in, then: selfhelp gaps try {detail.gap.gap_id} {file}")
