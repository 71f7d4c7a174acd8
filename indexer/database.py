"""The database to learn from and to verify gaps in; without one, sqlalchemy is not even imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kb.content.question_files import SolvedQuestion
from kb.settings import Settings
from kb.store import DATABASE

if TYPE_CHECKING:
    from indexer.learned import LearnedQuestions


@contextmanager
def learned_questions(
    settings: Settings, taken: Sequence[SolvedQuestion]
) -> Iterator[LearnedQuestions | None]:
    """What is learned from the database and from the lines `taken`, which make one; None without either.

    What customers did until now is settled first: their visits tell what they found solved.
    Raises StoreError when the database cannot be opened.
    """
    if not taken and not _is_there(settings):
        yield None
        return
    from indexer.learned import LearnedQuestions
    from kb.store.store import Store, database_url
    from kb.usage.settling import settle

    store = Store.open(database_url(settings.data, settings.database_url))
    try:
        settle(store, datetime.now(UTC), settings.read_seconds)
        limit = settings.learned_per_article
        yield LearnedQuestions(store=store, limit=limit, locale=settings.locale, taken=taken)
    finally:
        store.close()


def verify_gaps(settings: Settings) -> list[str]:
    """Has the gaps in the database, where there is one, replayed on what has been published; what came of it.

    Without any, no snapshot is loaded. Raises StoreError when the database cannot be opened.
    """
    if not _is_there(settings):
        return []
    from kb.index.snapshot import SNAPSHOTS, published_id
    from kb.store.store import Store, database_url
    from kb.usage import verifying
    from kb.usage.published import remember_published
    from kb.usage.refresh_lock import refresh_lock

    store = Store.open(database_url(settings.data, settings.database_url))
    try:
        if not verifying.gaps_in_question(store):
            # A gap that opens later counts what was published by then as no answer to it.
            remember_published(store, settings.data / SNAPSHOTS / published_id(settings.data))
            return []
        from kb.search.engine import Engine

        engine = Engine(settings.data, floor=settings.floor)
        engine.load()
        with refresh_lock(settings.data):
            changed = verifying.verify_gaps(store, engine, datetime.now(UTC), "index")
        return [f"gap {one.gap_id} is {one.status}: {one.note}" for one in changed]
    finally:
        store.close()


def _is_there(settings: Settings) -> bool:
    """Whether a server is named, or the file of the database exists."""
    name, separator, file = settings.database_url.partition("sqlite:///")
    if not settings.database_url:
        return (settings.data / DATABASE).exists()
    return not separator or bool(name) or Path(file.partition("?")[0]).exists()
