"""Which articles need looking at: never shown, passed over, read before a ticket, or old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kb.index.snapshot import PublishedArticle
from kb.store.doubts import Doubts
from kb.usage.deflection import ArticleLine
from kb.usage.intervals import wilson

TICKETS: Final = "tickets"
IGNORED: Final = "ignored"
STALE: Final = "stale"
NEVER: Final = "never"
MARKS: Final = (TICKETS, IGNORED, STALE, NEVER)
"""What can be wrong with an article, the most urgent first."""

READERS: Final = 5
MAY_WRITE: Final = 0.2
"""Of at least so many readers this share may write a ticket all the same, as of a gap that is closed
(kb/usage/verification.py). That it is more has to be sure, by its 95 % interval: 3 of 5, 5 of 10."""
OFFERED: Final = 10
IGNORED_SHARE: Final = 0.05
OLD: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHealth:
    """An article with what became of it. `marks` are of MARKS, none when nothing is the matter."""

    article: PublishedArticle
    offered: int
    opened: int
    solved: int
    doubts: Doubts
    tickets: int
    marks: tuple[str, ...]


def article_health(
    articles: Iterable[PublishedArticle],
    lines: Iterable[ArticleLine],
    today: date,
    doubts: Mapping[tuple[str, str], Doubts],
) -> list[ArticleHealth]:
    """Every published article, those that need most first; `doubts` by (locale, slug).

    `tickets`: of READERS or more surely more than MAY_WRITE wrote a ticket. `ignored`: opened at most once in
    twenty times it was offered, of ten at least. `stale`: not updated for a year; an article without a date
    is never called so. `never`: not offered, nor come to by a link, where anything was.
    """
    lines = list(lines)
    by_key = {(line.locale, line.slug): line for line in lines}
    keyed = [(one, (one.locale, one.slug)) for one in articles]
    asked = any(line.offered or line.opened for line in lines)
    found = [_health(one, by_key.get(key), today, doubts.get(key, Doubts()), asked) for one, key in keyed]
    return sorted(found, key=_urgency)


def _health(
    article: PublishedArticle, line: ArticleLine | None, today: date, doubts: Doubts, asked: bool
) -> ArticleHealth:
    offered, opened, solved, tickets = (
        (line.offered, line.opened, line.solved, line.tickets) if line else (0, 0, 0, 0)
    )
    wrote = wilson(min(tickets, opened), opened)
    wrong = {
        TICKETS: opened >= READERS and wrote is not None and wrote.low > MAY_WRITE,
        IGNORED: offered >= OFFERED and opened <= IGNORED_SHARE * offered,
        STALE: article.updated is not None and today - article.updated > OLD,
        NEVER: asked and offered == opened == 0,
    }
    return ArticleHealth(
        article=article,
        offered=offered,
        opened=opened,
        solved=solved,
        doubts=doubts,
        tickets=tickets,
        marks=tuple(mark for mark in MARKS if wrong[mark]),
    )


def _urgency(health: ArticleHealth) -> tuple[int, int, int, str]:
    """What was never shown harms nobody: it comes after those that nothing is the matter with."""
    order = (TICKETS, IGNORED, STALE, "", NEVER)
    first = order.index(health.marks[0] if health.marks else "")
    return first, -health.tickets, -health.offered, health.article.title.casefold()
