"""A person's own words where they stand for what others asked too: learned questions and labels of gaps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from kb.store.chunks import chunks
from kb.store.tables import gap_decisions, gap_questions, gaps, learned_questions, queries
from kb.store.unhelped import count_in_gap

DIAGNOSED: Final = ("words", "remedy", "basis")
"""What of a diagnosis is in customers' words (a `remedy` only in old rows), and what it is renewed by."""


def wordings_of(
    connection: Connection, sessions: Collection[str], asked: Collection[str]
) -> list[dict[str, Any]]:
    """Learned questions and gaps in words that these sessions alone have typed; `asked` are their queries."""
    own = _own_words(connection, sessions, asked)
    learned = select(learned_questions.c.learned_id, learned_questions.c.question, learned_questions.c.slug)
    labels = select(gaps.c.gap_id, gaps.c.label)
    return [
        *(dict(row) for row in connection.execute(learned).mappings() if row["question"] in own),
        *(dict(row) for row in connection.execute(labels).mappings() if row["label"] in own),
    ]


def erase_wordings(connection: Connection, sessions: Collection[str], asked: Collection[str]) -> int:
    """Takes learned questions in these words out; how many of them and of the labels of gaps it were.

    Has to come before the queries go, `renew_gaps` after.
    """
    found = wordings_of(connection, sessions, asked)
    for row in found:
        if "learned_id" in row:
            mine = learned_questions.c.learned_id == row["learned_id"]
            connection.execute(learned_questions.delete().where(mine))
    return len(found)


def gaps_with(connection: Connection, asked: Collection[str]) -> list[int]:
    """The gaps that some of these queries are in."""
    found: set[int] = set()
    for chunk in chunks(asked):
        theirs = gap_questions.c.query_id.in_(chunk)
        in_one = gap_questions.c.gap_id.is_not(None)
        found |= set(connection.execute(select(gap_questions.c.gap_id).where(theirs, in_one)).scalars())
    return sorted(found)


def forget_diagnosed(connection: Connection, gap_ids: Collection[int]) -> None:
    """Words of a gap's questions that a diagnosis found wanting; the next refresh looks into it anew."""
    found = select(gaps.c.gap_id, gaps.c.diagnosis).where(gaps.c.gap_id.in_(gap_ids))
    for gap_id, diagnosis in connection.execute(found).all():
        left = {key: value for key, value in diagnosis.items() if key not in DIAGNOSED}
        connection.execute(gaps.update().where(gaps.c.gap_id == gap_id).values(diagnosis=left))


def erase_empty(connection: Connection, gap_ids: Collection[int]) -> None:
    """Gaps of which no question is left."""
    for gap_id in gap_ids:
        if not _kept_texts(connection, gap_id):
            for table in (gap_questions, gap_decisions, gaps):
                connection.execute(table.delete().where(table.c.gap_id == gap_id))


def renew_gaps(connection: Connection, least_persons: int) -> None:
    """Has gaps count and speak of nothing but questions still kept; counts are never raised, which is for
    the next refresh.

    What is left of a gap may be one person's, whose words nobody may read: it loses its label too.
    """
    columns = (gaps.c.gap_id, gaps.c.label, gaps.c.persons, gaps.c.questions, gaps.c.surge, gaps.c.replay)
    for row in connection.execute(select(*columns)).all():
        texts = _kept_texts(connection, row.gap_id)
        persons, questions = count_in_gap(connection, row.gap_id)
        values: dict[str, Any] = {
            # Any will do until the next refresh finds the most central one.
            "label": row.label if row.label in {"", *texts} else next(iter(texts), ""),
            "persons": min(row.persons, persons),
            "questions": min(row.questions, questions),
            "surge": row.surge,
            "replay": _told_in(row.replay, texts),
        }
        if values["persons"] < least_persons:
            values |= {"label": "", "replay": {}, "surge": False}
        connection.execute(gaps.update().where(gaps.c.gap_id == row.gap_id).values(values))


def _own_words(connection: Connection, sessions: Collection[str], asked: Collection[str]) -> set[str]:
    """What these sessions typed and no other did, of what learned questions and gaps are named by."""
    named = set(connection.execute(select(learned_questions.c.question)).scalars())
    named |= set(connection.execute(select(gaps.c.label)).scalars())
    # A gap without a label is not in anybody's words.
    typed = {text for text in _typed(connection, asked) if text and text in named}
    others = (
        (text, connection.execute(select(queries.c.session_id).where(queries.c.text == text)).scalars().all())
        for text in typed
    )
    return {text for text, found in others if set(found) <= set(sessions)}


def _typed(connection: Connection, asked: Collection[str]) -> Iterator[str]:
    for chunk in chunks(asked):
        found = select(queries.c.text).where(queries.c.query_id.in_(chunk))
        yield from connection.execute(found).scalars()


def _kept_texts(connection: Connection, gap_id: int) -> dict[str, None]:
    """The gap's questions, oldest first, each once."""
    asked = (
        select(queries.c.text)
        .join(gap_questions, gap_questions.c.query_id == queries.c.query_id)
        .where(gap_questions.c.gap_id == gap_id)
        .order_by(queries.c.at)
    )
    return dict.fromkeys(connection.execute(asked).scalars())


def _told_in(replay: Mapping[str, Any], texts: Collection[str]) -> dict[str, Any]:
    """Questions that a replay found failing are listed in words."""
    failing = [text for text in replay.get("failing", ()) if text in texts]
    return {**replay, "failing": failing} if "failing" in replay else dict(replay)
