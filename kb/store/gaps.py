"""Statements about gaps, the questions they are made of, and what people decided about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text

from kb.store.store import Store
from kb.store.tables import gap_decisions, gap_numbers, gap_questions, gaps
from kb.store.unhelped import UnhelpedRow, read_unhelped

OPEN = "open"
DRAFTING = "drafting"
PUBLISHED = "published"
VERIFIED = "verified"
DISMISSED = "dismissed"
STATUSES = (OPEN, DRAFTING, PUBLISHED, VERIFIED, DISMISSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """A gap as last refreshed.

    `kind` is missing, unfindable, unhelpful or untranslated; `persons` and `questions` are counts; a higher
    `score` is more urgent. `merged_into` is the gap of lower number that it has become part of.
    `diagnosis` names the nearest article (see kb/usage/diagnosis.py), `replay` says how many of its
    questions the articles published since answer (see kb/usage/verification.py), empty before any.
    """

    gap_id: int
    label: str
    kind: str
    status: str = OPEN
    off_topic: bool = False
    surge: bool = False
    opened_at: datetime
    first_seen: datetime
    last_seen: datetime
    persons: int
    questions: int
    score: float
    merged_into: int | None = None
    diagnosis: Mapping[str, Any] = field(default_factory=dict)
    replay: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What was decided about a gap, by whom, and how many people it had affected by then."""

    gap_id: int
    status: str
    at: datetime
    by: str
    note: str
    persons: int


def gap_questions_of(store: Store, gap_id: int) -> list[UnhelpedRow]:
    """All questions of a gap that are still kept, oldest first."""
    return read_unhelped(store, gap_id=gap_id)


def read_gaps(store: Store, *, merged: bool = False) -> list[GapRow]:
    """All gaps, the most urgent first; without those merged into another unless asked for."""
    found = select(gaps).order_by(gaps.c.surge.desc(), gaps.c.score.desc(), gaps.c.gap_id)
    if not merged:
        found = found.where(gaps.c.merged_into.is_(None))
    with store.reading() as connection:
        return [GapRow(**row) for row in connection.execute(found).mappings()]


def read_gap(store: Store, gap_id: int) -> GapRow | None:
    """The gap of that number, or the one it was merged into; None if there is none."""
    with store.reading() as connection:
        while True:
            row = connection.execute(select(gaps).where(gaps.c.gap_id == gap_id)).mappings().first()
            if row is None or row["merged_into"] is None:
                return GapRow(**row) if row else None
            gap_id = row["merged_into"]


def read_decisions(store: Store, gap_id: int | None = None) -> list[DecisionRow]:
    """What was decided about a gap, or about all, oldest first."""
    columns = [gap_decisions.c[one.name] for one in fields(DecisionRow)]
    found = select(*columns).order_by(gap_decisions.c.at, gap_decisions.c.decision_id)
    if gap_id is not None:
        found = found.where(gap_decisions.c.gap_id == gap_id)
    with store.reading() as connection:
        return [DecisionRow(**row) for row in connection.execute(found).mappings()]


def keep_gaps(store: Store, rows: Sequence[GapRow], members: Mapping[str, int], newest: int) -> bool:
    """Writes gaps, new or changed, and for each query id of `members` the gap that its question is in now.

    Their statuses and replays stay as they are kept. Writes nothing and says False when gaps were opened
    beside us: `newest` is the highest number there was when `rows` were worked out.
    """
    new = store.insert(gaps)
    ours = [c.name for c in gaps.c if c.name not in ("gap_id", "status", "replay")]
    upsert = new.on_conflict_do_update(
        index_elements=["gap_id"], set_={name: new.excluded[name] for name in ours}
    )
    with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE gaps IN SHARE ROW EXCLUSIVE MODE"))
        if _newest(connection) != newest:
            return False
        if rows:
            connection.execute(upsert, [asdict(row) for row in rows])
            _remember_newest(connection, max(row.gap_id for row in rows))
        if members:
            moved = gap_questions.update().where(gap_questions.c.query_id == bindparam("query"))
            connection.execute(
                moved.values(gap_id=bindparam("gap")),
                [{"query": query, "gap": gap} for query, gap in members.items()],
            )
    return True


def newest_gap(store: Store) -> int:
    """The highest number that a gap ever had, 0 before the first; one that was deleted counts too."""
    with store.reading() as connection:
        return _newest(connection)


def _newest(connection: Connection) -> int:
    highest = (func.max(gaps.c.gap_id), func.max(gap_numbers.c.newest))
    return max(connection.execute(select(one)).scalar() or 0 for one in highest)


def _remember_newest(connection: Connection, gap_id: int) -> None:
    """Writers read and cite numbers: a deleted gap's number must not come to mean another."""
    if gap_id > (connection.execute(select(func.max(gap_numbers.c.newest))).scalar() or 0):
        connection.execute(gap_numbers.delete())
        connection.execute(gap_numbers.insert().values(newest=gap_id))


def read_vectors(store: Store, model: str) -> dict[str, bytes]:
    """Query id -> vector as 16-bit floats, of the questions that this encoder has encoded."""
    found = select(gap_questions.c.query_id, gap_questions.c.vector).where(gap_questions.c.model == model)
    with store.reading() as connection:
        return {row.query_id: row.vector for row in connection.execute(found)}


def keep_vectors(store: Store, model: str, vectors: Mapping[str, bytes]) -> None:
    """Keeps what an encoder made of questions, in place of what another one did."""
    if not vectors:
        return
    new = store.insert(gap_questions)
    upsert = new.on_conflict_do_update(
        index_elements=["query_id"], set_={"model": new.excluded.model, "vector": new.excluded.vector}
    )
    with store.writing() as connection:
        connection.execute(
            upsert,
            [{"query_id": query, "model": model, "vector": vector} for query, vector in vectors.items()],
        )


def keep_replay(store: Store, gap_id: int, replay: Mapping[str, Any]) -> None:
    """What the published articles answer of a gap's questions now."""
    with store.writing() as connection:
        connection.execute(gaps.update().where(gaps.c.gap_id == gap_id).values(replay=dict(replay)))


def decide_gap(  # noqa: PLR0913, PLR0917  which gap, what, who, when and why
    store: Store, gap_id: int, status: str, by: str, at: datetime, note: str = "", *, only_if: str = ""
) -> bool:
    """Sets a gap's status and keeps who decided it and when; a gap that is not there is passed over.

    So is one whose status is no longer `only_if`: somebody else has decided meanwhile. Says whether it did.
    """
    counted = select(gaps.c.persons).where(gaps.c.gap_id == gap_id).with_for_update()
    if only_if:
        counted = counted.where(gaps.c.status == only_if)
    with store.writing() as connection:
        persons = connection.execute(counted).scalar_one_or_none()
        if persons is None:
            return False
        connection.execute(gaps.update().where(gaps.c.gap_id == gap_id).values(status=status))
        decision = DecisionRow(gap_id=gap_id, status=status, at=at, by=by, note=note, persons=persons)
        connection.execute(gap_decisions.insert(), asdict(decision))
    return True
