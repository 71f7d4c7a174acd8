from __future__ import annotations

from datetime import date, timedelta

import pytest

from kb.index.snapshot import PublishedArticle
from kb.usage.article_health import IGNORED, NEVER, STALE, TICKETS, article_health
from kb.usage.deflection import ArticleLine

TODAY = date(2026, 5, 1)


def article(slug: str = "a", updated: date | None = TODAY) -> PublishedArticle:
    return PublishedArticle(
        slug=slug, locale="en", title=slug, html="", url=None, updated=updated, tags=(), path="", folder=""
    )


def line(
    slug: str = "a", offered: int = 20, opened: int = 9, solved: int = 5, tickets: int = 0
) -> ArticleLine:
    return ArticleLine(slug=slug, locale="en", offered=offered, opened=opened, solved=solved, tickets=tickets)


def marks(given: ArticleLine | None, updated: date | None = TODAY) -> tuple[str, ...]:
    lines = [line("another"), *([given] if given else [])]
    (health,) = article_health([article(updated=updated)], lines, TODAY, {})
    return health.marks


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (line(), ()),
        (None, (NEVER,)),
        (line(offered=0, opened=5, tickets=5), (TICKETS,)),
        (line(offered=0, opened=2), ()),
        (line(opened=9, tickets=5), (TICKETS,)),
        (line(opened=9, tickets=4), ()),
        (line(offered=3, opened=3, solved=2, tickets=1), ()),
        (line(opened=4, tickets=4), ()),
        (line(opened=5, tickets=3), (TICKETS,)),
        (line(offered=20, opened=1), (IGNORED,)),
        (line(offered=20, opened=2), ()),
        (line(offered=9, opened=0), ()),
    ],
)
def test_an_article_is_marked_with_what_is_the_matter(
    given: ArticleLine | None, found: tuple[str, ...]
) -> None:
    assert marks(given) == found


def test_an_article_is_stale_after_a_year_and_never_without_a_date() -> None:
    assert marks(line(), TODAY - timedelta(days=366)) == (STALE,)
    assert marks(line(), TODAY - timedelta(days=365)) == ()
    assert marks(line(), None) == ()


def test_where_nothing_counts_yet_no_article_is_called_never_shown() -> None:
    (health,) = article_health([article()], [], TODAY, {})
    assert health.marks == ()


def test_those_that_need_most_come_first_and_those_nobody_saw_last() -> None:
    lines = [
        line("fine", 50),
        line("tickets", tickets=9),
        line("ignored", opened=0),
        line("worse", tickets=10),
    ]
    names = ("never", "fine", "ignored", "tickets", "worse")
    found = article_health(map(article, names), lines, TODAY, {})
    assert [one.article.slug for one in found] == ["worse", "tickets", "ignored", "fine", "never"]


def test_a_line_of_an_article_no_longer_published_is_left_out() -> None:
    assert [one.article.slug for one in article_health([article("a")], [line("gone")], TODAY, {})] == ["a"]
