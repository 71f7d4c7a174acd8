"""Which articles need looking at: never shown, passed over, read before a ticket, or old."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kb.index.snapshot import PublishedArticle
from kb.usage.deflection import ArticleLine

TICKETS: Final = "tickets"
IGNORED: Final = "ignored"
STALE: Final = "stale"
NEVER: Final = "never"
MARKS: Final = (TICKETS, IGNORED, STALE, NEVER)
"""What can be wrong with an article, the most urgent first."""

OPENED: Final = 3
TICKET_SHARE: Final = 1 / 3
OFFERED: Final = 10
IGNORED_SHARE: Final = 0.05
OLD: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHealth:
    """An article with what became of it; `marks` are of MARKS, none when nothing is the matter."""

    article: PublishedArticle
    offered: int
    opened: int
    solved: int
    tickets: int
    marks: tuple[str, ...]


def article_health(
    articles: Iterable[PublishedArticle], lines: Iterable[ArticleLine], today: date
) -> list[ArticleHealth]:
    """Every published article, those that need most first.

    `tickets`: a ticket after one reading in three or more, of three readings at least. `ignored`: opened
    at most once in twenty times it was offered, of ten at least. `stale`: not updated for a year; an
    article without a date is never called so. `never`: not offered, nor come to by a link.
    """
    by_key = {(line.locale, line.slug): line for line in lines}
    found = [_health(one, by_key.get((one.locale, one.slug)), today) for one in articles]
    return sorted(found, key=_urgency)


def _health(article: PublishedArticle, line: ArticleLine | None, today: date) -> ArticleHealth:
    offered, opened, solved, tickets = (
        (line.offered, line.opened, line.solved, line.tickets) if line else (0, 0, 0, 0)
    )
    wrong = {
        TICKETS: opened >= OPENED and tickets >= TICKET_SHARE * opened,
        IGNORED: offered >= OFFERED and opened <= IGNORED_SHARE * offered,
        STALE: article.updated is not None and today - article.updated > OLD,
        NEVER: offered == opened == 0,
    }
    return ArticleHealth(
        article=article,
        offered=offered,
        opened=opened,
        solved=solved,
        tickets=tickets,
        marks=tuple(mark for mark in MARKS if wrong[mark]),
    )


def _urgency(health: ArticleHealth) -> tuple[int, int, int, str]:
    """What was never shown harms nobody: it comes after those that nothing is the matter with."""
    order = (TICKETS, IGNORED, STALE, "", NEVER)
    first = order.index(health.marks[0] if health.marks else "")
    return first, -health.tickets, -health.offered, health.article.title.casefold()
