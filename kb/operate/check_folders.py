"""Folders and files: there, writable, with room, and closed to others on the machine."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from kb.index.snapshot import CURRENT, SNAPSHOTS
from kb.locks import cannot_open
from kb.operate.finding import Finding, fail, ok, warn
from kb.operate.restore import INDEXING
from kb.secret import SECRET_FILE
from kb.settings import Settings
from kb.store.state import sqlite_file
from kb.store.store import database_url
from kb.usage.refresh_lock import LOCK

LOCKS: Final = (INDEXING, LOCK)
FULL_BYTES: Final = 200 * 2**20
TIGHT_BYTES: Final = 2**30
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def check_data(settings: Settings) -> Iterator[Finding]:
    data = settings.data
    if not data.is_dir():
        yield fail(
            "folders",
            f"{data.absolute()}: no such folder",
            "name it with SELFHELP_DATA, or run `selfhelp index`",
        )
        return
    try:
        with TemporaryFile(dir=data):
            pass
    except OSError as error:
        remedy = f"give it to the user that runs selfhelp: chown -R {_user()} {data}"
        yield fail("folders", f"{data.absolute()}: cannot be written ({error.strerror})", remedy)
    else:
        yield ok("folders", f"{data.absolute()} can be written")
    closed = [
        path for path in (data / CURRENT, data / SNAPSHOTS) if path.exists() and not os.access(path, os.R_OK)
    ]
    for path in closed:
        yield fail("folders", f"{path}: cannot be read", f"chown -R {_user()} {data}")
    for name in LOCKS:
        if problem := cannot_open(data / name):
            yield fail("folders", *problem.split("; ", 1))
    yield _room(data)


def check_articles(settings: Settings) -> Iterator[Finding]:
    if settings.articles.is_dir():
        yield ok("articles", f"{settings.articles.absolute()}")
    else:
        text = f"{settings.articles.absolute()}: no such folder"
        yield warn("articles", text, "only indexing needs it: name it with SELFHELP_ARTICLES")


def check_rights(settings: Settings) -> Iterator[Finding]:
    """What holds secrets or customers' words is read by one user alone."""
    database = sqlite_file(database_url(settings.data, settings.database_url))
    kept = [settings.data / SECRET_FILE]
    if database:
        kept += [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]
    there = [path for path in kept if path.is_file()]
    for path in there:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & OTHERS:
            yield fail("rights", f"{path}: others may open it (mode {mode:04o})", f"chmod 600 {path}")
        elif not os.access(path, os.R_OK | os.W_OK):
            yield fail("rights", f"{path}: cannot be opened", f"chown {_user()} {path}")
        else:
            yield ok("rights", f"{path.name} is closed to others")


def _room(data: Path) -> Finding:
    free = shutil.disk_usage(data).free
    text = f"{free / 2**30:.1f} GB free for {data.absolute()}"
    remedy = "make room: tickets are refused and nothing can be indexed when it is used up"
    if free < FULL_BYTES:
        return fail("disk", text, remedy)
    return warn("disk", text, remedy) if free < TIGHT_BYTES else ok("disk", text)


def _user() -> str:
    return str(os.getuid())
