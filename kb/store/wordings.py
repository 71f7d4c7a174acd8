"""A person's own words where they stand for what others asked too: learned questions and labels of gaps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from typing import Any

from sqlalchemy import Connection, select

from kb.store.chunks import chunks
from kb.store.tables import gap_decisions, gap_questions, gaps, learned_questions, queries
from kb.store.unhelped import count_in_gap


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
    """Takes learned questions in these words out, and has gaps speak in others' words; how many it were.

    A gap that nobody else asked about goes. Has to come before the queries do.
    """
    own = _own_words(connection, sessions, asked)
    found = wordings_of(connection, sessions, asked)
    for row in found:
        if "learned_id" in row:
            mine = learned_questions.c.learned_id == row["learned_id"]
            connection.execute(learned_questions.delete().where(mine))
        else:
            _relabel(connection, row["gap_id"], set(asked))
    _forget_replayed(connection, own)
    return len(found)


def gaps_with(connection: Connection, asked: Collection[str]) -> list[int]:
    """The gaps that some of these queries are in."""
    found: set[int] = set()
    for chunk in chunks(asked):
        theirs = gap_questions.c.query_id.in_(chunk)
        in_one = gap_questions.c.gap_id.is_not(None)
        found |= set(connection.execute(select(gap_questions.c.gap_id).where(theirs, in_one)).scalars())
    return sorted(found)


def lower_counts(connection: Connection, gap_ids: Collection[int], least_persons: int) -> None:
    """Counts gaps anew once a person's questions are gone; never up, which is for the next refresh.

    What is left of a gap may be one person's, whose words nobody may read: it loses its label too.
    """
    for gap_id in gap_ids:
        gap = gaps.c.gap_id == gap_id
        kept = connection.execute(select(gaps.c.persons, gaps.c.questions).where(gap)).one_or_none()
        if kept is None:
            continue
        counted = count_in_gap(connection, gap_id)
        values: dict[str, Any] = {
            "persons": min(kept.persons, counted[0]),
            "questions": min(kept.questions, counted[1]),
        }
        if values["persons"] < least_persons:
            values |= {"label": "", "replay": {}, "surge": False}
        connection.execute(gaps.update().where(gap).values(values))


def _own_words(connection: Connection, sessions: Collection[str], asked: Collection[str]) -> set[str]:
    """What these sessions typed and no other did, of what learned questions and gaps are named by."""
    named = set(connection.execute(select(learned_questions.c.question)).scalars())
    named |= set(connection.execute(select(gaps.c.label)).scalars())
    named |= {text for row in connection.execute(select(gaps.c.replay)).scalars() for text in _texts(row)}
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


def _relabel(connection: Connection, gap_id: int, own: Set[str]) -> None:
    """In the words of a question that is not among `own`, which are ids.

    Any will do until the next refresh finds the most central one.
    """
    asked = (
        select(queries.c.query_id, queries.c.text)
        .join(gap_questions, gap_questions.c.query_id == queries.c.query_id)
        .where(gap_questions.c.gap_id == gap_id)
        .order_by(queries.c.at)
    )
    label = next((text for query, text in connection.execute(asked) if query not in own), None)
    gap = gaps.c.gap_id == gap_id
    if label is not None:
        connection.execute(gaps.update().where(gap).values(label=label))
        return
    connection.execute(gap_questions.delete().where(gap_questions.c.gap_id == gap_id))
    connection.execute(gap_decisions.delete().where(gap_decisions.c.gap_id == gap_id))
    connection.execute(gaps.delete().where(gap))


def _forget_replayed(connection: Connection, own: Set[str]) -> None:
    """Questions that a replay found failing are listed in words."""
    for gap_id, replay in connection.execute(select(gaps.c.gap_id, gaps.c.replay)).all():
        if not own.isdisjoint(_texts(replay)):
            values = {"replay": _without(replay, own)}
            connection.execute(gaps.update().where(gaps.c.gap_id == gap_id).values(values))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    parts: Sequence[Any] = list(value.values()) if isinstance(value, dict) else value
    if isinstance(parts, list):
        for part in parts:
            yield from _texts(part)


def _without(value: Any, words: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, words) for key, one in value.items() if not _is_one(one, words)}
    if isinstance(value, list):
        return [_without(one, words) for one in value if not _is_one(one, words)]
    return value


def _is_one(value: Any, words: Collection[str]) -> bool:
    return isinstance(value, str) and value in words
