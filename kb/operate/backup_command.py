"""`selfhelp backup` and `selfhelp restore`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.index.snapshot import MODELS
from kb.operate.archive import Manifest
from kb.operate.backup import back_up
from kb.operate.restore import restore as put_back
from kb.secret import SECRET_FILE
from kb.settings import load_settings
from kb.store.existing import missing
from kb.store.state import sqlite_file
from kb.store.store import database_url

data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--without-models", is_flag=True, help="Leave the encoder out: indexing makes it again.")
@data_option
def backup(file: Path, data: Path | None, *, without_models: bool) -> None:
    """Write database, published snapshot, model and secret into FILE. A server may go on serving.

    FILE is a .tar.gz of mode 0600: it holds what customers wrote, and the secret. Exit status 1 when there
    was no database to put into it.
    """
    settings = load_settings(data=data)
    manifest = back_up(settings, file, models=not without_models)
    click.echo(f"{file}: {_told(manifest)}, {file.stat().st_size / 2**20:.1f} MB")
    if settings.secret:
        click.echo("the secret is in SELFHELP_SECRET and not in the backup: keep a copy of it", err=True)
    database = sqlite_file(database_url(settings.data, settings.database_url))
    if manifest.schema is None and database:
        click.echo(f"selfhelp: the backup is without a database. {missing(database)}", err=True)
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Put it in the place of what is there.")
@data_option
def restore(file: Path, data: Path | None, *, force: bool) -> None:
    """Bring back what is in FILE. Stop the server before, and start it again after.

    A backup of either database fits both; an older one is brought up to date.
    """
    settings = load_settings(data=data)
    manifest = put_back(settings, file, force=force, say=lambda told: click.echo(told, err=True))
    click.echo(f"restored from {manifest.made_at}: {_told(manifest)}")
    if manifest.model and not (settings.data / MODELS / manifest.model).is_dir():
        click.echo("the encoder is not in the backup: run `selfhelp index` before serving", err=True)
    if manifest.schema and SECRET_FILE not in manifest.files and not settings.secret:
        click.echo("set SELFHELP_SECRET to what it was: people are known by it", err=True)


def _told(manifest: Manifest) -> str:
    rows = f"{sum(manifest.rows.values())} rows" if manifest.schema else "no database"
    snapshot = f"snapshot {manifest.snapshot}" if manifest.snapshot else "no snapshot"
    model = any(name.startswith(f"{MODELS}/") for name in manifest.files)
    return f"{rows}, {snapshot}, {'with' if model else 'without'} the encoder"
