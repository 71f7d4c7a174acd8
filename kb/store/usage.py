"""Statements that keep sessions, questions and events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection, case, func

from kb.store.store import Store
from kb.store.tables import events, queries, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A sign of life of one session. `person` is a keyed hash, `page` has no query and no fragment.

    `traffic` is who came, where the server knows at once: `canary`.
    """

    session_id: str
    at: datetime
    person: str | None = None
    locale: str | None = None
    page: str | None = None
    traffic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as answered; `suggestions` are [slug, locale, confidence], best first.

    For a held-out person they are what would have been shown. `took_ms` is the engine's time; `purpose` is
    `search` for the search box of the help centre. `failed`: we could not answer.
    """

    query_id: str
    visit: Visit
    text: str
    snapshot_id: str
    answered: bool
    confidence: float
    held_out: bool
    suggestions: tuple[tuple[str, str, float], ...]
    took_ms: float
    purpose: str = "form"
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a customer did with a suggestion; `detail` holds numbers and codes, never text."""

    query_id: str
    type: str
    at: datetime
    slug: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


def keep_asked(store: Store, asked: Sequence[Asked]) -> None:
    """Writes questions and their sessions in one transaction; one kept already stays as it is."""
    if not asked:
        return
    with store.writing() as connection:
        keep_visits(store, connection, (one.visit for one in asked))
        connection.execute(
            store.insert(queries).on_conflict_do_nothing(index_elements=["query_id"]),
            [_query_row(one) for one in asked],
        )


def keep_events(store: Store, visit: Visit, happened: Sequence[Event]) -> None:
    """Writes the events of one session, received at `visit.at`; repeats of an event are kept once."""
    if not happened:
        return
    key = ["session_id", "query_id", "type", "slug", "at"]
    received = {"session_id": visit.session_id, "received_at": visit.at}
    with store.writing() as connection:
        keep_visits(store, connection, [visit])
        connection.execute(
            store.insert(events).on_conflict_do_nothing(index_elements=key),
            [asdict(event) | received for event in happened],
        )


def _query_row(asked: Asked) -> dict[str, object]:
    visit = asked.visit
    return {
        "query_id": asked.query_id,
        "session_id": visit.session_id,
        "at": visit.at,
        "text": asked.text,
        "locale": visit.locale,
        "page": visit.page,
        "snapshot_id": asked.snapshot_id,
        "answered": asked.answered,
        "confidence": asked.confidence,
        "held_out": asked.held_out,
        "suggestions": [list(one) for one in asked.suggestions],
        "took_ms": asked.took_ms,
        "purpose": asked.purpose,
        "failed": asked.failed,
    }


def keep_visits(store: Store, connection: Connection, visits: Iterable[Visit]) -> None:
    """Sessions are first seen once, last seen ever later; what is not known now stays as it was."""
    new = store.insert(sessions)
    later = new.excluded.last_seen > sessions.c.last_seen
    upsert = new.on_conflict_do_update(
        index_elements=["session_id"],
        set_={
            "first_seen": case(
                (new.excluded.first_seen < sessions.c.first_seen, new.excluded.first_seen),
                else_=sessions.c.first_seen,
            ),
            "last_seen": case((later, new.excluded.last_seen), else_=sessions.c.last_seen),
            "person": func.coalesce(new.excluded.person, sessions.c.person),
            "locale": func.coalesce(new.excluded.locale, sessions.c.locale),
            "page": func.coalesce(new.excluded.page, sessions.c.page),
            "traffic": func.coalesce(new.excluded.traffic, sessions.c.traffic),
            "unsettled": True,
        },
    )
    connection.execute(upsert, _session_rows(visits))


def _session_rows(visits: Iterable[Visit]) -> list[dict[str, object]]:
    """One row for each session, what came last winning where it says anything.

    In one order everywhere, or else two processes could each hold the row the other waits for.
    """
    rows: dict[str, dict[str, object]] = {}
    for visit in sorted(visits, key=lambda visit: (visit.session_id, visit.at)):
        row = rows.setdefault(visit.session_id, {"session_id": visit.session_id, "first_seen": visit.at})
        row["last_seen"] = visit.at
        for name in ("person", "locale", "page", "traffic"):
            row[name] = getattr(visit, name) or row.get(name)
    return list(rows.values())
