"""The clock, against what was written down before: it cannot be earlier than that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from kb.errors import KbError
from kb.index.manifest import read_manifest
from kb.index.snapshot import CURRENT, SNAPSHOTS, published_id
from kb.operate.finding import Finding, fail, ok
from kb.settings import Settings
from kb.store.state import look_at
from kb.store.store import database_url

MARGIN: Final = timedelta(minutes=5)


def check_clock(settings: Settings) -> Iterator[Finding]:
    now = datetime.now(UTC)
    known = {**_published(settings), **_written(settings, now)}
    ahead = {what: at for what, at in known.items() if at > now + MARGIN}
    for what, at in ahead.items():
        text = f"it is {now:%Y-%m-%d %H:%M} UTC here, but {what} is of {at:%Y-%m-%d %H:%M}"
        yield fail("clock", text, "set the clock; have a time service (chrony, systemd-timesyncd) keep it")
    if not ahead:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M} UTC, after all that was written before")


def _published(settings: Settings) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    try:
        name = published_id(settings.data)
        at = (settings.data / CURRENT).stat().st_mtime
        found[f"the file {CURRENT}"] = datetime.fromtimestamp(at, UTC)
        made = datetime.fromisoformat(read_manifest(settings.data / SNAPSHOTS / name)["made_at"])
        found["the snapshot"] = made.astimezone(UTC)
    except (KbError, OSError, KeyError, ValueError):
        return found
    return found


def _written(settings: Settings, now: datetime) -> dict[str, datetime]:
    try:
        newest = look_at(database_url(settings.data, settings.database_url), now).newest
    except KbError:
        return {}
    return {"the newest row of the database": newest} if newest else {}
