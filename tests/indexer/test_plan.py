"""What an index run has to do, without a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.plan import digest, plan
from kb.content.article import Article, Image, Section

ARTICLE = Article(
    slug="refund",
    locale="en",
    title="Get a refund",
    path="en/refund.md",
    html="<p>We pay.</p>",
    sections=(Section(heading="", anchor="", blocks=("We pay.",)),),
)
KEYS = st.dictionaries(
    st.tuples(st.sampled_from(["en", "zh-TW"]), st.sampled_from("abcde")), st.sampled_from("xyz")
)


def titled(key: tuple[str, str], title: str) -> Article:
    return replace(ARTICLE, locale=key[0], slug=key[1], title=title)


@given(KEYS, KEYS)
def test_every_article_has_one_fate(
    before: dict[tuple[str, str], str], now: dict[tuple[str, str], str]
) -> None:
    published = {key: digest(titled(key, title)) for key, title in before.items()}
    found = plan(published, [titled(key, title) for key, title in now.items()])
    assert set(found.added) == now.keys() - before.keys()
    assert set(found.removed) == before.keys() - now.keys()
    assert set(found.changed) == {key for key in now.keys() & before.keys() if now[key] != before[key]}
    assert set(found.unchanged) == {key for key in now.keys() & before.keys() if now[key] == before[key]}
    assert found.idle == (before == now)


@pytest.mark.parametrize(
    "changed",
    [
        replace(ARTICLE, title="Refunds"),
        replace(ARTICLE, html="<p>We do not pay.</p>"),
        replace(ARTICLE, questions=("money back?",)),
        replace(ARTICLE, tags=("billing",)),
        replace(ARTICLE, url="https://help.example/r"),
        replace(ARTICLE, suggest=False),
        replace(ARTICLE, aliases=("money-back",)),
        replace(ARTICLE, updated=date(2026, 5, 1)),
        replace(ARTICLE, images=(Image(path="a.png", name="1.png"),)),
        replace(ARTICLE, path="en/billing/refund.md"),
        replace(ARTICLE, sections=(Section(heading="", anchor="top", blocks=("We pay.",)),)),
    ],
    ids=lambda article: next(
        name for name in Article.__slots__ if getattr(article, name) != getattr(ARTICLE, name)
    ),
)
def test_whatever_a_snapshot_holds_of_an_article_changes_its_digest(changed: Article) -> None:
    assert digest(changed) != digest(ARTICLE)


def test_the_same_article_has_the_same_digest() -> None:
    assert digest(replace(ARTICLE)) == digest(ARTICLE)
