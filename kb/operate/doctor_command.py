"""`selfhelp doctor`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from kb.errors import SettingsError
from kb.operate.doctor import CHECKS, WITHOUT_SETTINGS, examine
from kb.operate.finding import Finding, fail
from kb.settings import Settings, load_settings

COLOURS: Final = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
@click.option("--articles", type=click.Path(path_type=Path), help="Folder of the articles.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="JSON is for programs."
)
def doctor(data: Path | None, articles: Path | None, form: str) -> None:
    """Check the installation; each finding with its remedy. Exit status 1 when something fails."""
    findings = _findings(data, articles)
    click.echo(_as_json(findings) if form == "json" else _as_text(findings))
    sys.exit(any(finding.level == "fail" for finding in findings))


def _findings(data: Path | None, articles: Path | None) -> list[Finding]:
    try:
        settings = load_settings(data=data, articles=articles)
    except SettingsError as error:
        wrong = fail("settings", str(error), "mend it in the environment or in selfhelp.toml")
        return [*examine(Settings.model_construct(), WITHOUT_SETTINGS), wrong]
    return examine(settings, CHECKS)


def _as_json(findings: Sequence[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2)


def _as_text(findings: Sequence[Finding]) -> str:
    lines: list[str] = []
    for one in findings:
        lines.append(f"{click.style(f'{one.level:4}', fg=COLOURS[one.level])}  {one.subject}: {one.text}")
        if one.remedy:
            lines.append(f"      -> {one.remedy}")
    counts = Counter(finding.level for finding in findings)
    return "\n".join([*lines, f"{counts['ok']} ok, {counts['warn']} warnings, {counts['fail']} failures"])
