"""`selfhelp learned`: what was learned from customers, for writers to look through and to take up."""

from __future__ import annotations

import getpass
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from kb.content.questions import add_question
from kb.errors import LearnedError
from kb.index.files import replace_text
from kb.index.manifest import read_json
from kb.index.snapshot import SNAPSHOTS, published_id
from kb.settings import Settings, load_settings
from kb.store.existing import open_existing
from kb.store.learned import ACTIVE, FILE, REVOKED, LearnedRow, decide_learned, read_learned
from kb.usage.printable import printable


@click.command()
@click.option("--revoke", multiple=True, metavar="ID", help="Learn this question no more.")
@click.option("--restore", multiple=True, metavar="ID", help="Learn it again.")
@click.option("--promote", multiple=True, metavar="ID", help="Write it into its article's `questions`.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
@click.option("--articles", type=click.Path(path_type=Path), help="Folder of the articles, for --promote.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def learned(
    revoke: tuple[str, ...],
    restore: tuple[str, ...],
    promote: tuple[str, ...],
    data: Path | None,
    articles: Path | None,
    *,
    as_json: bool,
) -> None:
    """List the questions learned from customers, by article; a change counts from the next index on."""
    settings = load_settings(data=data, articles=articles)
    store = open_existing(settings.data, settings.database_url)
    try:
        rows = {row.learned_id: row for row in read_learned(store)}
        chosen = {status: _known(ids, rows) for status, ids in ((REVOKED, revoke), (ACTIVE, restore))}
        written = [_promoted(row, settings) for row in _known(promote, rows)]
        for status, changed in chosen.items():
            ids = [row.learned_id for row in changed]
            decide_learned(store, ids, status, _who(), datetime.now(UTC))
        now = read_learned(store)
    finally:
        store.close()
    if as_json:
        click.echo(printable(json.dumps([_fields(row) for row in now], ensure_ascii=False, indent=2)))
    elif revoke or restore or promote:
        for status, changed in chosen.items():
            for row in changed:
                click.echo(f"{status}: {printable(row.question)}  ({row.locale}/{row.slug})")
        for line in written:
            click.echo(line)
        click.echo("run `selfhelp index` to publish it")
    else:
        click.echo(_table(now))


def _known(ids: Sequence[str], rows: dict[str, LearnedRow]) -> list[LearnedRow]:
    missing = [one for one in ids if one not in rows]
    if missing:
        raise LearnedError(
            f"no learned question has the id {', '.join(missing)}: `selfhelp learned` lists all"
        )
    return [rows[one] for one in ids]


def _promoted(row: LearnedRow, settings: Settings) -> str:
    """Writes a question into its article's file; says where."""
    folder = settings.data / SNAPSHOTS / published_id(settings.data)
    entries = read_json(folder / "articles.json")
    path = next((e["path"] for e in entries if (e["locale"], e["slug"]) == (row.locale, row.slug)), None)
    file = settings.articles / path if path else None
    if file is None or not file.is_file():
        place = file or f"{row.locale}/{row.slug}"
        raise LearnedError(f"{place}: no such article any more; name their folder with --articles")
    raw = file.read_bytes().decode("utf-8-sig")
    end = next((end for end in ("\r\n", "\n", "\r") if end in raw), "\n")
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    edited = add_question(text, row.question, str(path))
    if edited == text:
        return f"{file}: it is there already"
    replace_text(file, edited.replace("\n", end))
    return f"{file}: added {row.question!r}"


def _who() -> str:
    """The name of who is logged in, as far as there is one."""
    try:
        return getpass.getuser()[:100]
    except (OSError, KeyError):
        return "somebody"


def _fields(row: LearnedRow) -> dict[str, Any]:
    moments = {name: getattr(row, name) for name in ("at", "decided_at")}
    return {"id": row.learned_id} | asdict(row) | {k: v and v.isoformat() for k, v in moments.items()}


def _table(rows: Sequence[LearnedRow]) -> str:
    if not rows:
        return "nothing learned yet: two people have to ask nearly the same and be helped by one article"
    lines: list[str] = []
    for (locale, slug), group in groupby(rows, key=lambda row: (row.locale, row.slug)):
        questions = list(group)
        lines.append(f"{click.style(f'{locale}/{slug}', bold=True)}  {len(questions)}")
        lines += [
            f"  {row.learned_id}  {_heard(row):>10}  {printable(row.question)}{_note(row)}"
            for row in questions
        ]
    counts = Counter(row.status for row in rows)
    return "\n".join([*lines, f"{counts[ACTIVE]} active, {counts[REVOKED]} revoked"])


def _heard(row: LearnedRow) -> str:
    return "from file" if row.source == FILE and not row.persons else f"{row.persons} people"


def _note(row: LearnedRow) -> str:
    return f"  [revoked by {row.decided_by}]" if row.status == REVOKED else ""
