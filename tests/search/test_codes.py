"""Who asks for a code is shown the article that has it."""

from __future__ import annotations

import pytest
from centre import paper_snapshot, write

from kb.index.topic_encoder import TopicEncoder
from kb.search.query import Query
from kb.search.suggest import Searcher

ARTICLES = {
    "one.md": "# Only this\n\nThe lamp shows 3311 and N-207.\n",
    "two.md": "# One of two\n\nThe lamp shows E42 in 24 hours.\n",
    "three.md": "# The other of two\n\nDoor E42, 24 hours.\n",
    "four.md": "# Opening hours\n\nThe screen of the door.\n",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("codes")
    snapshot = paper_snapshot(write(folder / "articles", ARTICLES), folder / "made")
    return Searcher(snapshot, TopicEncoder(), floor=0.3)


@pytest.mark.parametrize(
    ("asked", "chance"),
    [
        ("3311", 1 / 2),
        ("##3311#", 1 / 2),
        ("n-207", 1 / 3),
        ("N207", 1 / 2),
        ("e42", 1 / 3),
        ("24", 0.0),
        ("9999", 0.0),
    ],
)
def test_the_fewer_articles_have_a_code_the_surer_one_is_meant(
    searcher: Searcher, asked: str, chance: float
) -> None:
    assert searcher.rank(asked, "en")[1].by_code == pytest.approx(chance, abs=0.03)


def test_the_more_else_is_asked_the_less_a_code_says(searcher: Searcher) -> None:
    asked = ("3311", "lamp 3311", "why does the lamp in my kitchen show 3311 since yesterday")
    chances = [searcher.rank(text, "en")[1].by_code for text in asked]
    assert chances == sorted(chances, reverse=True)
    assert 0 < chances[-1] < 0.15 < chances[1] < chances[0]


def test_it_is_shown(searcher: Searcher) -> None:
    answer = searcher.suggest(Query(text="3311", locale="en"))
    assert answer.answered
    assert answer.suggestions[0].slug == "one"
