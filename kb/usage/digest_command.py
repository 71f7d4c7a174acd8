"""`selfhelp digest`: the week's letter to writers, printed or mailed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from kb.settings import Settings, load_settings
from kb.store.existing import open_existing
from kb.store.gaps import read_decisions
from kb.store.store import Store
from kb.usage.deflection import deflection_report
from kb.usage.digest import Digest, as_html, as_markdown, closed_since
from kb.usage.floor import least_persons
from kb.usage.gaps import gap_report
from kb.usage.mail import make_mail, send_mail
from kb.usage.printable import printable


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How far back.")
@click.option("--send", is_flag=True, help="Mail it to SELFHELP_DIGEST_TO instead of printing it.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
def digest(days: int, send: bool, data: Path | None) -> None:
    """Print the week's gaps and deflection as Markdown, or mail it.

    Tells what the last refresh found: `selfhelp serve` brings gaps up to date, and so does
    `selfhelp gaps --refresh`.
    """
    settings = load_settings(data=data)
    store = open_existing(settings.data, settings.database_url)
    try:
        found = _digest(store, settings, timedelta(days=days))
    finally:
        store.close()
    letter = printable(as_markdown(found))
    if not send:
        click.echo(letter, nl=False)
        return
    send_mail(settings, make_mail(settings, printable(found.subject), letter, as_html(letter)))
    click.echo(f"mailed to {', '.join(settings.digest_to)}")


def _digest(store: Store, settings: Settings, period: timedelta) -> Digest:
    now = datetime.now(UTC)
    gaps = gap_report(store, least_persons(settings))
    return Digest(
        since=now - period,
        until=now,
        gaps=gaps,
        deflection=deflection_report(store, now - period, now, holdout=settings.holdout),
        closed=closed_since(gaps, read_decisions(store), now - period),
        address=settings.public_url,
    )
