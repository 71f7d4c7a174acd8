"""A draft tried on the published articles and on what was asked: reads and asks, writes nothing."""

from __future__ import annotations

from pathlib import Path

from threadpoolctl import threadpool_limits

from kb.content.article import Article
from kb.index.encoded import Encoded
from kb.search.engine import Engine
from kb.settings import Settings
from kb.store.gaps import gap_questions_of
from kb.store.store import Store
from kb.usage.draft_index import DraftIndex
from kb.usage.floor import least_persons
from kb.usage.known import known_questions
from kb.usage.replay import wordings_of
from kb.usage.trial import Bench, Trial, try_draft


def try_article(store: Store, engine: Engine, gap_id: int, draft: Article, settings: Settings) -> Trial:
    """Of the gap's questions how many the draft would answer, and what it would take from other articles.

    Raises ArticleError when the draft's address is taken, QuestionsError for the file of questions beside
    the articles, NoSnapshot.
    """
    snapshot = engine.searcher().snapshot
    encoded = Encoded(engine.encoder())
    bench = Bench(
        snapshot=snapshot,
        encoded=encoded,
        floor=engine.floor,
        least_persons=least_persons(settings),
    )
    known = known_questions(store, snapshot, Path(settings.articles), settings.locale)
    # Small products of matrices, many times: a second thread costs more than it brings.
    with threadpool_limits(limits=1):
        made = DraftIndex(snapshot, draft, encoded.encoder)
        return try_draft(made, wordings_of(gap_questions_of(store, gap_id)), known, bench)
