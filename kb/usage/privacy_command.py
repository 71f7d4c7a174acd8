"""`selfhelp prune`, `forget` and `export`: what is kept about customers, and how it goes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from kb.secret import person_of, secret_of, sender_of
from kb.settings import Settings, load_settings
from kb.store.existing import open_existing
from kb.store.privacy import count_person, erase_person, export_person, linked_names
from kb.store.retention import Old, count_old, delete_old
from kb.store.senders import newest_sender
from kb.store.store import Store
from kb.store.traces import Who
from kb.usage.floor import least_persons
from kb.usage.refresh_lock import refresh_lock

DATA = click.option("--data", type=click.Path(path_type=Path), help="Folder of the database.")
SESSION = click.option("--session", metavar="ID", help="The session, as the browser or an export names it.")
EMAIL = click.option("--email", metavar="ADDRESS", help="The address that tickets came from.")
PERSON = click.option(
    "--person",
    "persons",
    multiple=True,
    metavar="NAME",
    help="Also what was asked under this name: data-user, selfhelp.person or a hash that was listed.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
# As kb/secret.py makes them of names.
HASH = re.compile("[0-9a-f]{32}")


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count; delete nothing.")
@click.option("--undelivered", is_flag=True, help="Delete old tickets too that no desk has yet.")
@JSON
@DATA
def prune(data: Path | None, *, dry_run: bool, undelivered: bool, as_json: bool) -> None:
    """Delete what was asked and done before SELFHELP_RETENTION_DAYS, and delivered tickets from before
    SELFHELP_TICKET_RETENTION_DAYS. Learned questions stay until they are revoked."""
    settings = load_settings(data=data)
    old = _old(settings, datetime.now(UTC), undelivered=undelivered)
    with _store(settings) as store:
        if dry_run:
            counts = count_old(store, old)
        else:
            with refresh_lock(settings.data):
                counts = delete_old(store, old, least_persons(settings))
    kept = counts.pop("undelivered", 0)
    _print(counts, as_json=as_json, done="would be deleted" if dry_run else "deleted")
    if kept:
        click.echo(
            f"{kept} old tickets wait for their delivery and stay: --undelivered deletes them", err=True
        )


@click.command()
@SESSION
@EMAIL
@PERSON
@click.option("--yes", is_flag=True, help="Do not ask first.")
@JSON
@DATA
def forget(  # noqa: PLR0913  click passes each option
    session: str | None,
    email: str | None,
    persons: tuple[str, ...],
    data: Path | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete everything about one person: sessions, questions, events, outcomes, tickets with their files,
    and learned questions and labels of gaps in words that nobody else typed. It cannot be undone."""
    settings = load_settings(data=data)
    with _store(settings) as store:
        who = _who(session, email, persons, settings)
        _check_secret(store, who, persons, settings)
        _tell_of_linked(store, who)
        counts = count_person(store, who)
        if not any(counts.values()):
            _print(counts, as_json=as_json, done="deleted")
            return
        if not yes:
            _print(counts, as_json=False, done="will be deleted", err=True)
            click.confirm("Delete them for good?", abort=True, err=True)
        with refresh_lock(settings.data):
            counts = erase_person(store, who, least_persons(settings))
    _print(counts, as_json=as_json, done="deleted")


@click.command()
@SESSION
@EMAIL
@PERSON
@click.option("--output", type=click.Path(path_type=Path), help="A new file, which only you can read.")
@DATA
def export(
    session: str | None, email: str | None, persons: tuple[str, ...], output: Path | None, data: Path | None
) -> None:
    """Print everything that is kept about one person, as JSON: rows by table, files in base64."""
    settings = load_settings(data=data)
    with _store(settings) as store:
        who = _who(session, email, persons, settings)
        _check_secret(store, who, persons, settings)
        _tell_of_linked(store, who)
        kept: dict[str, Any] = {"exported_at": datetime.now(UTC).isoformat(), **export_person(store, who)}
    text = json.dumps(kept, ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
        return
    try:
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
    except OSError as error:
        raise click.ClickException(f"{output}: {error.strerror}") from error


def _old(settings: Settings, now: datetime, *, undelivered: bool) -> Old:
    def before(days: int) -> datetime | None:
        return now - timedelta(days=days) if days else None

    return Old(
        before=before(settings.retention_days),
        tickets_before=before(settings.ticket_retention_days),
        undelivered=undelivered,
    )


def _who(session: str | None, email: str | None, persons: Sequence[str], settings: Settings) -> Who:
    """A session may be named with its signature, as browsers keep it; a person by name or by its hash."""
    secret = secret_of(settings.data, settings.secret)
    names = frozenset({*persons, *(person_of(secret, name) for name in persons)})
    if session and not email:
        return Who(session=session.partition(".")[0], names=names)
    if email and not session:
        address = email.strip()
        return Who(email=address, sender=sender_of(secret, address), names=names)
    raise click.UsageError("name the person by --session or by --email")


def _check_secret(store: Store, who: Who, persons: Sequence[str], settings: Settings) -> None:
    """Hashes made with another secret than the server's lead to nobody, and "0 rows deleted" would be no
    answer. Tickets keep the hash of their address: whose address has one is found whatever the secret, and
    so is who is named by a hash.
    """
    newest = newest_sender(store)
    if newest is None or newest.key == sender_of(secret_of(settings.data, settings.secret), newest.email):
        return
    named = not all(HASH.fullmatch(name) for name in persons)
    if named or (who.email and not count_person(store, who)["tickets"]):
        raise click.ClickException(
            "the newest ticket was kept with another secret than this one, so whom it is about cannot be "
            "looked up: load the settings that the server runs with (docs/operate.md says how), "
            "SELFHELP_SECRET or the data folder whose file `secret` it uses; or name sessions by --session, "
            "and persons by the hashes that are listed"
        )


def _tell_of_linked(store: Store, who: Who) -> None:
    """What pages said is not followed by itself: whoever writes a ticket can say to be anybody."""
    linked = linked_names(store, who)
    if linked:
        lines = [
            f"  {one.name}  {one.sessions} sessions, {one.first_seen:%Y-%m-%d} to {one.last_seen:%Y-%m-%d}"
            for one in linked
        ]
        told = (
            "left out, since only the page said whose they are; add --person NAME for what is the person's:"
        )
        click.echo("\n".join([told, *lines]), err=True)


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    store = open_existing(settings.data, settings.database_url)
    try:
        yield store
    finally:
        store.close()


def _print(counts: Mapping[str, int], *, as_json: bool, done: str, err: bool = False) -> None:
    if as_json:
        click.echo(json.dumps(counts), err=err)
        return
    lines = [f"{count:>8}  {name.replace('_', ' ')}" for name, count in counts.items() if count]
    click.echo("\n".join([*lines, f"{sum(counts.values())} rows {done}"]), err=err)
