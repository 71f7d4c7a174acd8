"""Questions whose article is known: what a draft must not take away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kb.content.question_files import QUESTIONS, read_questions
from kb.index.snapshot import Snapshot
from kb.index.text import fold
from kb.store.solved import read_solved
from kb.store.store import Store
from kb.usage.learned import learnable
from kb.usage.shelf import Shelf
from kb.usage.trial import Known

OWN: Final = {"title": "its title", "question": "its questions", "learned": "learned"}
SOLVED: Final = "a confirmed solve"
MOST: Final = 500
"""Of confirmed solves the newest: encoding one takes 2 ms."""


def known_questions(store: Store, snapshot: Snapshot, articles: Path, locale: str) -> list[Known]:
    """Titles and questions of all articles, what `questions.jsonl` beside them says, and confirmed solves.

    `locale` is that of articles named without one. Raises QuestionsError.
    """
    return [*_own(snapshot), *_written(articles), *_solved(store, snapshot, locale)]


def _own(snapshot: Snapshot) -> Iterator[Known]:
    for row in snapshot.passages:
        entry = snapshot.articles[row.article]
        if row.kind in OWN and entry.suggest:
            yield Known(
                text=row.text,
                locale=entry.locale,
                slugs=frozenset({entry.slug}),
                source=OWN[row.kind],
                digest=row.digest,
            )


def _written(articles: Path) -> Iterator[Known]:
    file = articles / QUESTIONS
    for one in read_questions(file) if file.is_file() else ():
        if one.articles:
            yield Known(text=one.text, locale=one.locale, slugs=one.articles, source=QUESTIONS)


def _solved(store: Store, snapshot: Snapshot, locale: str) -> Iterator[Known]:
    """Each wording of an article once, with how many people found it answered."""
    shelf = Shelf(snapshot.articles, locale)
    standing = learnable(solve for row in read_solved(store) if (solve := shelf.solve(row)))
    persons = Counter(key for key, _ in {((fold(one.question), one.article), one.person) for one in standing})
    wordings = {(fold(one.question), one.article): one.question for one in standing}
    for key in list(wordings)[-MOST:]:
        (where, slug), text = key[1], wordings[key]
        yield Known(text=text, locale=where, slugs=frozenset({slug}), source=SOLVED, persons=persons[key])
