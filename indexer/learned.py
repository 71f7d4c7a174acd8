"""Questions learned from use: what the database knows, brought up to date, as passages to be.

Imported only where there is a database to learn from, since it brings sqlalchemy along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from indexer.golden import Golden
from indexer.golden_use import golden_of_use
from kb.content.article import Article
from kb.content.question_files import SolvedQuestion
from kb.index.content import Content
from kb.index.encoded import Encoded
from kb.index.encoder import Encoder
from kb.store.learned import (
    ACTIVE,
    BY_TICKETS,
    FILE,
    REVOKED,
    SOLVED,
    LearnedRow,
    decide_learned,
    forget_learned,
    keep_learned,
    read_learned,
)
from kb.store.solved import read_solved, read_submitted
from kb.store.store import Store
from kb.usage.learned import (
    PERSONS,
    Agreed,
    Key,
    Solve,
    Submission,
    agreements,
    learnable,
    led_to_tickets,
    most_telling,
    nearness,
)
from kb.usage.redaction import redact
from kb.usage.shelf import Shelf

# Titles that say how near unrelated questions are; more of them say nothing new.
TITLES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedQuestions:
    """What is learned from a database: at most `limit` questions for each article.

    `taken` are lines of a file, agreed on already; an article named without a locale is the one in
    `locale` if there is one.
    """

    store: Store
    limit: int
    locale: str
    taken: Sequence[SolvedQuestion] = ()

    def learn(self, content: Content, encoder: Encoder) -> dict[Key, list[str]]:
        """Questions by article (locale, slug). Writes to the database what has changed."""
        shelf = Shelf(content.articles, self.locale)
        encoded = Encoded(encoder)
        keep_learned(self.store, self._from_file(shelf))
        sent = [shelf.submission(row) for row in read_submitted(self.store)]
        said = [solve for row in read_solved(self.store) if (solve := shelf.solve(row))]
        near = _nearness(content, encoded) if said or sent else 1.0
        self._agree(said, learnable(said), encoded, near)
        self._drop(sent, encoded, near)
        return self._chosen(shelf, encoded)

    def golden(self, content: Content) -> list[Golden]:
        """Questions of customers whose articles are known to answer them."""
        return golden_of_use(self.store, Shelf(content.articles, self.locale))

    def unknown(self, articles: Sequence[Article]) -> list[str]:
        """Slugs of the file that no article has."""
        shelf = Shelf(articles, self.locale)
        return sorted({line.article for line in self.taken if not shelf.named(line.article, line.locale)})

    def _from_file(self, shelf: Shelf) -> list[LearnedRow]:
        now = datetime.now(UTC)
        keys = [(line.text, shelf.named(line.article, line.locale)) for line in self.taken]
        rows = [
            LearnedRow(question=redact(text), locale=key[0], slug=key[1], source=FILE, persons=0, at=now)
            for text, key in keys
            if key
        ]
        return list({row.learned_id: row for row in rows}.values())

    def _agree(self, said: Sequence[Solve], standing: Sequence[Solve], encoded: Encoded, near: float) -> None:
        """Keeps what is agreed on now, forgets what no longer is and nobody has decided about."""
        agreed = agreements(standing, encoded.vector_of(solve.question for solve in standing), near)
        rows = [_row(one) for one in agreed]
        keep_learned(self.store, rows)
        doubted = {(solve.question, solve.article) for solve in said}
        doubted -= {(one.question, one.article) for one in agreed}
        forget_learned(
            self.store,
            [
                row.learned_id
                for row in read_learned(self.store)
                if row.source == SOLVED and row.decided_by is None and (row.question, _key(row)) in doubted
            ],
        )

    def _drop(self, sent: Sequence[Submission], encoded: Encoded, near: float) -> None:
        """Revokes what leads to tickets, takes up again what no longer does; persons decide over both."""
        shown = frozenset(key for submission in sent for key in submission.shown)
        rows = [
            row
            for row in read_learned(self.store)
            if row.decided_by in (None, BY_TICKETS) and (row.decided_by or _key(row) in shown)
        ]
        known = {row.learned_id: _agreed(row) for row in rows}
        asked = [submission for submission in sent if submission.question]
        texts = [one.question for one in known.values()] + [submission.question for submission in asked]
        dropped = led_to_tickets(list(known.values()), asked, encoded.vector_of(texts if known else ()), near)
        for status, wanted in ((REVOKED, True), (ACTIVE, False)):
            ids = [r.learned_id for r in rows if r.status != status and (_agreed(r) in dropped) == wanted]
            decide_learned(self.store, ids, status, BY_TICKETS, datetime.now(UTC))

    def _chosen(self, shelf: Shelf, encoded: Encoded) -> dict[Key, list[str]]:
        found: dict[Key, list[str]] = defaultdict(list)
        for row in read_learned(self.store):
            if row.status == ACTIVE and (key := shelf.named(row.slug, row.locale)):
                found[key].append(row.question)
        return {
            key: most_telling(texts, encoded.vector_of(texts), self.limit)
            if len(texts) > self.limit
            else texts
            for key, texts in found.items()
        }


def _nearness(content: Content, encoded: Encoded) -> float:
    """Of one title for each article, however many languages it is in: the others are nothing unrelated."""
    titles = {article.slug: article.title for article in content.articles}
    return nearness(encoded.vectors(_spread(titles.values(), TITLES)))


def _spread(titles: Collection[str], count: int) -> list[str]:
    """So many, from all places of the order."""
    distinct = list(dict.fromkeys(titles))
    return distinct[:: max(1, len(distinct) // count)][:count]


def _row(one: Agreed) -> LearnedRow:
    locale, slug = one.article
    now = datetime.now(UTC)
    return LearnedRow(
        question=one.question, locale=locale, slug=slug, source=SOLVED, persons=one.persons, at=now
    )


def _agreed(row: LearnedRow) -> Agreed:
    """A line of a file counts as agreed."""
    persons = max(row.persons, PERSONS) if row.source == FILE else row.persons
    return Agreed(question=row.question, article=_key(row), persons=persons)


def _key(row: LearnedRow) -> Key:
    return row.locale, row.slug
