"""Gaps put into a server's database for its pages to show, each with the questions of its people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from whole_server import Server

from kb.store.gaps import GapRow, keep_gaps, keep_vectors, newest_gap
from kb.store.usage import Asked, Visit, keep_asked
from kb.usage.settling import settle

NOW = datetime.now(UTC)
HOSTILE = '<script>alert("1")</script> "quoted"'


def ask(server: Server, number: int, text: str, **fields: Any) -> str:
    """Somebody asks what is not answered, an hour ago, and leaves; the id of the question."""
    visit = Visit(
        session_id=f"s{number}",
        at=NOW - timedelta(hours=1),
        person=fields.pop("person", f"p{number}"),
        locale=fields.pop("locale", "en"),
        page=fields.pop("page", "https://shop.example/contact"),
    )
    asked = Asked(
        query_id=f"q{number}",
        visit=visit,
        text=text,
        snapshot_id="paper",
        confidence=0.1,
        held_out=False,
        took_ms=2.0,
        **{"answered": False, "suggestions": (), **fields},
    )
    keep_asked(server.store, [asked])
    return asked.query_id


def put_gap(server: Server, gap_id: int, label: str, people: int = 2, **fields: Any) -> None:
    """A gap whose questions are its label, asked by so many, and `others`, each by one more."""
    places = {name: fields.pop(name) for name in ("locale", "page") if name in fields}
    asked = [label] * people + list(fields.pop("others", ()))
    queries = [ask(server, 100 * gap_id + place, text, **places) for place, text in enumerate(asked)]
    settle(server.store, NOW)
    keep_vectors(server.store, "paper", dict.fromkeys(queries, b""))
    row = GapRow(
        gap_id=gap_id,
        label=label,
        opened_at=NOW - timedelta(days=3),
        first_seen=NOW - timedelta(days=3),
        last_seen=NOW - timedelta(hours=1),
        persons=len(asked),
        questions=len(asked),
        **{
            "kind": "missing",
            "score": float(people),
            "diagnosis": {"why": "nothing is near"},
            **fields,
        },
    )
    assert keep_gaps(server.store, [row], dict.fromkeys(queries, gap_id), newest_gap(server.store))
