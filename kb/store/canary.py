"""Whether measuring works: what the canary of each server found, and since when it does not.

A server's rows follow each other in time. One whose successor is overdue has fallen silent: killed, or
unable to write; both mean that nobody knows what was measured since it was last heard of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, RowMapping, func, select

from kb.store.store import Store
from kb.store.tables import canary, events, queries, sessions

WORKS: Final = "works"
BROKEN: Final = "broken"
STOPPED: Final = "stopped"
SILENT: Final = "silent"
"""The step named where a server was not heard of."""
CANARY: Final = "canary"
"""What `sessions.traffic` says of a canary's own sessions."""
GONE: Final = timedelta(days=7)
"""A server silent for longer was taken away; its last stretch stays known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run of the canary at `at`; `due_at` is when the next one has to have come at the latest."""

    server: str
    state: str
    at: datetime
    due_at: datetime
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A stretch in which a step of measuring did not arrive; `until` is None while it lasts."""

    server: str
    step: str
    since: datetime
    until: datetime | None


def keep_trial(store: Store, trial: Trial) -> None:
    """Writes what was found; the same state again only lengthens the row.

    A break begins where measuring was last seen to work. Time in which the server should have been heard
    of and was not is kept as a break of its own.
    """
    with store.writing() as connection:
        last = _last(connection, trial.server)
        silent = last is not None and last["state"] == WORKS and trial.at > last["due_at"]
        if last and last["state"] == trial.state and not silent:
            row = canary.update().where(canary.c.canary_id == last["canary_id"])
            connection.execute(row.values(until_at=trial.at, due_at=trial.due_at, step=trial.step))
            return
        since = trial.at
        if last and last["state"] == WORKS and trial.state == BROKEN:
            since = last["until_at"]
        elif last and silent:
            silence = Trial(server=trial.server, state=BROKEN, step=SILENT, at=trial.at, due_at=trial.at)
            connection.execute(canary.insert(), _row(silence, last["until_at"]))
        connection.execute(canary.insert(), _row(trial, since))


def broken_since(store: Store, now: datetime) -> datetime | None:
    """Since when measuring has not worked on some server; None while it does, or nobody tries it."""
    since = [one.since for one in breaks_between(store, now, now) if one.until is None]
    return min(since, default=None)


def breaks_between(store: Store, start: datetime, end: datetime) -> list[Break]:
    """The breaks that touch this stretch of time, as known at `end`, oldest first."""
    with store.reading() as connection:
        found = connection.execute(select(canary).order_by(canary.c.canary_id)).mappings().all()
    by_server: dict[str, list[RowMapping]] = {}
    for row in found:
        by_server.setdefault(row["server"], []).append(row)
    breaks = [one for rows in by_server.values() for one in _breaks(rows, end)]
    touching = [one for one in breaks if one.since <= end and (one.until is None or one.until >= start)]
    return sorted(touching, key=lambda one: one.since)


def last_trial(store: Store) -> datetime | None:
    """When a canary was last heard of; None if never."""
    with store.reading() as connection:
        last: datetime | None = connection.execute(select(func.max(canary.c.until_at))).scalar()
    return last


def arrived(store: Store, session: str) -> frozenset[str]:
    """The steps of a session that are in the database: `asked`, and the types of its events."""
    asked = select(queries.c.query_id).where(queries.c.session_id == session)
    happened = select(events.c.type).where(events.c.session_id == session)
    with store.reading() as connection:
        steps = {"asked"} if connection.execute(asked).first() else set()
        return frozenset(steps | set(connection.execute(happened).scalars()))


def forget_canaries(store: Store, before: datetime) -> None:
    """Takes out the canary's own sessions last seen before this; what they found stays."""
    old = select(sessions.c.session_id).where(sessions.c.traffic == CANARY, sessions.c.last_seen < before)
    with store.writing() as connection:
        for table in (events, queries, sessions):
            connection.execute(table.delete().where(table.c.session_id.in_(old)))


def _last(connection: Connection, server: str) -> RowMapping | None:
    newest = select(canary).where(canary.c.server == server).order_by(canary.c.canary_id.desc()).limit(1)
    return connection.execute(newest).mappings().first()


def _row(trial: Trial, since: datetime) -> dict[str, object]:
    return {
        "server": trial.server,
        "state": trial.state,
        "step": trial.step,
        "from_at": since,
        "until_at": trial.at,
        "due_at": trial.due_at,
    }


def _breaks(rows: Sequence[RowMapping], now: datetime) -> list[Break]:
    """Those of one server; `rows` are all of its rows in order."""
    made = [
        _break(row, row["step"], row["from_at"], following["from_at"] if following else None)
        for row, following in zip(rows, [*rows[1:], None], strict=True)
        if row["state"] == BROKEN
    ]
    last = rows[-1]
    if now - last["until_at"] > GONE:
        return [replace(one, until=one.until or last["until_at"]) for one in made]
    if last["state"] == WORKS and now > last["due_at"]:
        made.append(_break(last, SILENT, last["until_at"], None))
    return made


def _break(row: RowMapping, step: str, since: datetime, until: datetime | None) -> Break:
    return Break(server=row["server"], step=step, since=since, until=until)
