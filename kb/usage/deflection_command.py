"""`selfhelp deflection`: how many problems were solved without a ticket, and how sure that is."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from kb.settings import load_settings
from kb.store.existing import open_existing
from kb.usage.deflection import DeflectionReport, deflection_report
from kb.usage.deflection_table import table_of
from kb.usage.settling import settle

_DAYS = re.compile(r"(\d{1,5})\s*d")


def since_of(text: str, now: datetime) -> datetime:
    """`30d` as so many days ago, or a date or moment (ISO 8601, UTC without a zone).

    Raises ValueError for anything else, and for what lies in the future.
    """
    if days := _DAYS.fullmatch(text.strip()):
        if not int(days[1]):
            raise ValueError("is no time at all")
        return now - timedelta(days=int(days[1]))
    moment = datetime.fromisoformat(text.strip())
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment >= now:
        raise ValueError("lies in the future")
    return moment


@click.command()
@click.option("--since", default="30d", show_default=True, metavar="30d|DATE", help="From when on.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How to print it."
)
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
def deflection(since: str, form: str, data: Path | None) -> None:
    """What became of the problems people came with: solved, sent, left, and what suggestions spared."""
    settings = load_settings(data=data)
    now = datetime.now(UTC)
    try:
        start = since_of(since, now)
    except ValueError as error:
        problem = f"{since!r}: write 30d, or a past date like 2026-05-01"
        raise click.BadParameter(problem, param_hint="--since") from error
    store = open_existing(settings.data, settings.database_url)
    try:
        settle(store, now, settings.read_seconds)
        report = deflection_report(store, start, now, settings.cost_per_ticket, holdout=settings.holdout)
    finally:
        store.close()
    click.echo({"table": table_of, "json": json_of, "csv": csv_of}[form](report), nl=form != "csv")


def json_of(report: DeflectionReport) -> str:
    """All of it; moments as ISO 8601, shares from 0 to 1."""
    lift = {"claimed": report.lift.claimed, "words": report.lift.words}
    whole = asdict(report) | {"lift": asdict(report.lift) | lift}
    return json.dumps(whole, indent=2, ensure_ascii=False, default=lambda moment: moment.isoformat())


def csv_of(report: DeflectionReport) -> str:
    """One line a group: `section,name` and the counts that the section has; the rest stays empty."""
    rows = list(_csv_rows(report))
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _csv_rows(report: DeflectionReport) -> list[dict[str, Any]]:
    deflection = _bounds("rate", report.deflection)
    rows: list[dict[str, Any]] = [
        {
            "section": "total", "name": "", "intents": report.intents, "provisional": report.provisional,
            "offered": report.offered, "confirmed": report.confirmed, "assumed": report.assumed,
            "known_share": report.known_share,
        } | deflection
    ]  # fmt: skip
    rows += _breaks(report)
    rows += _measures(report)
    rows += [
        {"section": "outcome", "name": one.outcome} | _without(asdict(one), "outcome")
        for one in report.outcomes
    ]
    for section, groups in (("locale", report.locales), ("page", report.pages), ("week", report.weeks)):
        rows += [
            {"section": section} | _without(asdict(one), "rate") | _bounds("rate", one.rate) for one in groups
        ]
    rows += [
        {"section": "article", "name": f"{one.locale}/{one.slug}"} | _without(asdict(one), "slug", "locale")
        for one in report.articles
    ]
    lift = _without(asdict(report.lift), "difference", "method")
    difference = _bounds("rate", report.lift.difference)
    rows.append({"section": "lift", "name": report.lift.words} | lift | difference)
    rows += [{"section": "apart", "name": name, "intents": count} for name, count in report.apart.items()]
    return rows


def _breaks(report: DeflectionReport) -> list[dict[str, Any]]:
    """When measuring did not work; a stretch that has no end goes on."""
    stretches = [*report.was_broken, *([(report.broken_since, None)] if report.broken_since else [])]
    return [
        {"section": "broken", "name": "", "since": since.isoformat(), "until": until and until.isoformat()}
        for since, until in stretches
    ]


def _measures(report: DeflectionReport) -> list[dict[str, Any]]:
    """What the table has beside the deflection rate."""
    times = report.submit_time
    assumed = {"offered": report.offered, "assumed": report.assumed}
    return [
        {"section": "assumed", "name": ""} | assumed | _bounds("rate", report.assumed_share),
        {"section": "saved", "name": "", "cost_per_ticket": report.cost_per_ticket}
        | _bounds("saved", report.saved),
        {"section": "effort", "name": ""} | asdict(report.effort),
        {"section": "submit_time", "name": "shown", "seconds": times.shown, "tickets": times.shown_tickets},
        {"section": "submit_time", "name": "held_out", "seconds": times.held_out,
         "tickets": times.held_out_tickets},
        {"section": "tickets_alone", "name": "", "tickets": report.tickets_alone},
    ]  # fmt: skip


def _bounds(name: str, interval: Any) -> dict[str, float]:
    if interval is None:
        return {}
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _safe(value: Any) -> Any:
    """A page's address that a spreadsheet would take for a formula is text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
