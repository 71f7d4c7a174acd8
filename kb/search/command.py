"""`selfhelp search`: a question asked in the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kb.search.engine import Engine
from kb.search.query import Answer, Query, Suggestion
from kb.settings import load_settings


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--locale", help="The customer's language, like `en`.")
@click.option("--limit", type=click.IntRange(1, 10), default=3, show_default=True)
@click.option("--all", "show_all", is_flag=True, help="Also what is under the confidence floor.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--explain", is_flag=True, help="Why each stands where it does.")
def search(
    question: tuple[str, ...],
    locale: str | None,
    limit: int,
    data: Path | None,
    *,
    show_all: bool,
    as_json: bool,
    explain: bool,
) -> None:
    """Suggest articles for QUESTION from the published snapshot."""
    settings = load_settings(data=data)
    engine = Engine(settings.data, floor=settings.floor)
    engine.load()
    floor = 0.0 if show_all else None
    # Bytes that are no text in the terminal's encoding come as halves of characters.
    text = " ".join(question).encode(errors="replace").decode()
    answer = engine.suggest(Query(text=text, locale=locale, limit=limit, min_confidence=floor))
    click.echo(_as_json(answer, explain=explain) if as_json else _as_text(answer, explain=explain))


def _as_json(answer: Answer, *, explain: bool) -> str:
    fields = asdict(answer)
    for suggestion in fields["suggestions"]:
        if not explain:
            del suggestion["explanation"]
    return json.dumps(fields, ensure_ascii=False, indent=2)


def _as_text(answer: Answer, *, explain: bool) -> str:
    if not answer.suggestions:
        return f"nothing is likely to answer this (best confidence {answer.confidence:.2f}; --all shows it)"
    return "\n\n".join(_entry(suggestion, explain=explain) for suggestion in answer.suggestions)


def _entry(suggestion: Suggestion, *, explain: bool) -> str:
    lines = [
        f"{suggestion.rank}. {click.style(suggestion.title, bold=True)}  "
        f"{suggestion.confidence:.2f}  {suggestion.locale}/{suggestion.slug}",
        f"   {suggestion.url}{'#' + suggestion.anchor if suggestion.anchor else ''}",
    ]
    if suggestion.excerpt:
        lines.append(f"   {_marked(suggestion)}")
    if explain:
        lines += [f"   {line}" for line in _why(suggestion.explanation)]
    return "\n".join(lines)


def _marked(suggestion: Suggestion) -> str:
    parts: list[str] = []
    at = 0
    for start, end in suggestion.highlights:
        parts += [suggestion.excerpt[at:start], click.style(suggestion.excerpt[start:end], underline=True)]
        at = end
    return " ".join("".join([*parts, suggestion.excerpt[at:]]).split())


def _why(explanation: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{name:8} {signal['value']:6.3f} x {signal['weight']:.2f} = {signal['value'] * signal['weight']:.3f}"
        for name, signal in explanation["signals"].items()
    ]
    lines.append(f"{'score':8} {explanation['score']:22.3f}")
    lines.append(f"meaning  asked as: {explanation['asked_as']}")
    if explanation["asked_in"]:
        lines.append(f"language asked in: {explanation['asked_in']}")
    lines += [f"words    the same here: {', '.join(names)}" for names in explanation["synonyms"]]
    passage = explanation["passage"]
    if passage:
        lines.append(f"passage  {passage['heading'] or '(before the first heading)'}")
    return lines
