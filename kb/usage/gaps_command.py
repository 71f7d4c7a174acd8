"""`selfhelp gaps`: what to write next, and the commands about one gap, each loaded only when called."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import click

from kb.errors import GapError
from kb.lazy_group import LazyGroup
from kb.search.engine import Engine
from kb.settings import Settings, load_settings
from kb.store.existing import open_existing
from kb.store.gaps import DISMISSED, OPEN, STATUSES, VERIFIED, decide_gap
from kb.store.store import Store
from kb.usage.floor import least_persons
from kb.usage.gap_lists import FORMATS, detail_as_json, detail_as_text, report_as
from kb.usage.gaps import GapDetail, gap_detail, gap_report
from kb.usage.printable import printable
from kb.usage.refresh_lock import refresh_lock

# name -> (module:function, what it does)
COMMANDS = {
    "show": ("kb.usage.gaps_command:show", "All that is known of one gap."),
    "draft": ("kb.usage.draft_command:draft", "Begin an article about a gap."),
    "try": ("kb.usage.trial_command:try_", "What a draft would answer, before it is published."),
    "verify": ("kb.usage.gaps_command:verify", "Ask what gaps were about again; which are closed?"),
    "decide": ("kb.usage.gaps_command:decide", "Set the status of a gap."),
    "dismiss": ("kb.usage.gaps_command:dismiss", "Put a gap away until twice as many people run into it."),
    "reopen": ("kb.usage.gaps_command:reopen", "Take a gap up again."),
    "group": ("indexer.group_command:group", "Group any file of questions the same way."),
}
# `verified` is measured, never said.
DECISIONS = tuple(status for status in STATUSES if status != VERIFIED)


data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database."
)


@click.group(cls=LazyGroup, table=COMMANDS, invoke_without_command=True)
@click.option("--refresh", is_flag=True, help="First bring gaps up to date with all that was asked.")
@click.option("--off-topic", is_flag=True, help="Groups far from every article instead.")
@click.option("--decided", is_flag=True, help="Verified and dismissed gaps instead.")
@click.option("--format", "style", type=click.Choice(list(FORMATS)), default="table", show_default=True)
@data_option
@click.pass_context
def gaps(
    ctx: click.Context, style: str, data: Path | None, *, refresh: bool, off_topic: bool, decided: bool
) -> None:
    """What to write next: questions of at least two people that no suggestion helped, most urgent first."""
    if ctx.invoked_subcommand:
        return
    settings = load_settings(data=data)
    store = open_store(settings)
    try:
        if refresh:
            bring_up_to_date(store, settings)
        report = gap_report(store, least_persons(settings))
    finally:
        store.close()
    chosen = report.off_topic if off_topic else report.decided if decided else report.gaps
    click.echo(printable(report_as(style, chosen, report)))


@click.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def show(number: int, data: Path | None, *, as_json: bool) -> None:
    """All that is known of gap NUMBER: who asked what, where and when, and why nothing helped.

    NUMBER is what the lists have under `gap`; it stays, whatever place in them the gap has.
    """
    settings = load_settings(data=data)
    store = open_store(settings)
    try:
        detail = find_gap(store, number, settings)
    finally:
        store.close()
    told = detail_as_json(detail) if as_json else detail_as_text(detail, asked_for=number)
    click.echo(printable(told))


@click.command()
@data_option
def verify(data: Path | None) -> None:
    """Ask the questions of all gaps again of the articles that are published now, and say what changed.

    Every index run and `--refresh` do the same.
    """
    from kb.usage.verifying import verify_gaps

    settings = load_settings(data=data)
    store = open_store(settings)
    try:
        engine = load_engine(settings)
        with refresh_lock(settings.data):
            changed = verify_gaps(store, engine, datetime.now(UTC))
        for one in changed:
            click.echo(f"gap {one.gap_id} is {one.status}: {one.note}")
    finally:
        store.close()


@click.command()
@click.argument("number", type=int)
@click.argument("status", type=click.Choice(DECISIONS))
@click.option("--note", default="", help="Why, for whoever reads it later.")
@data_option
def decide(number: int, status: str, note: str, data: Path | None) -> None:
    """Set the STATUS of gap NUMBER."""
    _decide(number, status, note, data)


@click.command()
@click.argument("number", type=int)
@click.option("--note", default="", help="Why, for whoever reads it later.")
@data_option
def dismiss(number: int, note: str, data: Path | None) -> None:
    """Put gap NUMBER away until twice as many people run into it."""
    _decide(number, DISMISSED, note, data)


@click.command()
@click.argument("number", type=int)
@click.option("--note", default="", help="Why, for whoever reads it later.")
@data_option
def reopen(number: int, note: str, data: Path | None) -> None:
    """Take gap NUMBER up again."""
    _decide(number, OPEN, note, data)


def _decide(number: int, status: str, note: str, data: Path | None) -> None:
    settings = load_settings(data=data)
    store = open_store(settings)
    try:
        gap = find_gap(store, number, settings).gap
        decide_gap(store, gap.gap_id, status, who_decides(), datetime.now(UTC), note)
    finally:
        store.close()
    click.echo(f"gap {gap.gap_id} is {status}: {printable(gap.label)}")


def open_store(settings: Settings) -> Store:
    """The database that the settings name."""
    return open_existing(settings.data, settings.database_url)


def find_gap(store: Store, number: int, settings: Settings) -> GapDetail:
    """Raises GapError when there is no gap of that number, or too few people asked it for it to be shown."""
    detail = gap_detail(store, number, least_persons(settings))
    if detail is None:
        raise GapError(f"there is no gap {number}: `selfhelp gaps` lists all")
    return detail


def load_engine(settings: Settings) -> Engine:
    """The published snapshot. Raises NoSnapshot."""
    engine = Engine(settings.data, floor=settings.floor)
    engine.load()
    return engine


def bring_up_to_date(store: Store, settings: Settings) -> None:
    """Settles what people did, refreshes the gaps and asks again what they were about. Raises NoSnapshot."""
    from kb.usage.gap_refresh import refresh_gaps
    from kb.usage.settling import settle
    from kb.usage.verifying import verify_gaps

    engine = load_engine(settings)
    with refresh_lock(settings.data):
        now = datetime.now(UTC)
        settle(store, now, settings.read_seconds)
        refresh_gaps(store, engine, now, least_persons(settings))
        verify_gaps(store, engine, now)


def who_decides() -> str:
    """The name of who is logged in, as far as there is one."""
    try:
        return getpass.getuser()[:100]
    except (OSError, KeyError):
        return "somebody"
