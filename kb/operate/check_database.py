"""The database: reachable, of this version's schema, and fed by the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import StoreError
from kb.operate.finding import Finding, fail, ok, warn
from kb.settings import Settings
from kb.store.migrate import HEAD
from kb.store.state import DatabaseState, look_at, sqlite_file
from kb.store.store import database_url


def check_database(settings: Settings) -> Iterator[Finding]:
    url = database_url(settings.data, settings.database_url)
    file = sqlite_file(url)
    if file and not file.exists():
        yield warn("database", f"{file}: not there yet", "`selfhelp serve` makes it")
        return
    try:
        state = look_at(url, datetime.now(UTC))
    except StoreError as error:
        yield fail("database", str(error), _remedy(error, file))
        return
    yield ok("database", f"{'SQLite' if file else 'PostgreSQL'} can be read; {state.waiting} tickets wait")
    yield _schema(state)
    if state.current:
        yield _measurement(state, settings)


def _remedy(error: StoreError, file: Path | None) -> str:
    if file is None:
        return "see that it runs and that SELFHELP_DATABASE_URL, name and password are right"
    if error.damaged:
        return "restore it: `selfhelp restore --force FILE`; or move it away, and a new one is made"
    if error.kind.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return f"see that the disk of {file.parent} has room and no errors; the file may be sound"
    if error.kind.startswith("SQLITE_BUSY"):
        return "another process has it locked: end what is using it, or try again"
    return f"chown {file} and its folder to the user that runs selfhelp, and let that user write to both"


def _schema(state: DatabaseState) -> Finding:
    if state.current:
        return ok("migrations", f"schema {HEAD} is current")
    if not state.known:
        text = f"schema {state.revision} was written by a newer version; this one knows up to {HEAD}"
        return fail("migrations", text, "install the newer version again")
    found = f"schema {state.revision} is older than {HEAD}" if state.revision else "no tables yet"
    return warn("migrations", found, "back up; the next start of `selfhelp serve` migrates")


def _measurement(state: DatabaseState, settings: Settings) -> Finding:
    if state.broken:
        text = f"broken since {state.broken:%Y-%m-%d %H:%M} UTC: figures from then on cannot be trusted"
        return fail("measurement", text, "see the server's log for `measurement broken`, and that it runs")
    if not settings.canary_minutes:
        return warn("measurement", "nobody tries whether it works", "set SELFHELP_CANARY_MINUTES to 5")
    tried = f"last tried {state.tried:%Y-%m-%d %H:%M} UTC" if state.tried else "not tried yet"
    return ok("measurement", f"works as far as known, {tried}")
