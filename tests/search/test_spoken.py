"""In which of a help centre's languages a question is."""

from __future__ import annotations

from pathlib import Path

import pytest
from centre import paper_index, write

from kb.index.index import Index
from kb.index.topic_encoder import TopicEncoder
from kb.search.rank import Ranker
from kb.search.spoken import Spoken

# English has three articles to Spanish's one, and "wifi" belongs to both.
ARTICLES = {
    "en/wifi.md": "# The wifi is slow\n\nMove nearer to the router.\n",
    "en/printer.md": "# The printer is offline\n\nTurn the printer on.\n",
    "en/screen.md": "# The screen is dark\n\nTurn the screen on.\n",
    "es/wifi.md": "# El wifi es lento\n\nAcércate al router.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return paper_index(write(tmp_path_factory.mktemp("articles"), ARTICLES))


@pytest.mark.parametrize("page", ["en", "es"])
@pytest.mark.parametrize(
    ("words", "prefix", "spoken"),
    [
        (["the", "printer", "is"], "", "en"),
        (["el", "wifi", "es"], "", "es"),
        (["el", "wifi", "es"], "len", "es"),
        (["the", "screen", "is"], "slo", "en"),
    ],
)
def test_the_words_tell(index: Index, page: str, words: list[str], prefix: str, spoken: str) -> None:
    assert Spoken(index).likeliest(words, prefix, page) == spoken


@pytest.mark.parametrize("page", ["en", "es"])
@pytest.mark.parametrize(("words", "prefix"), [(["wifi"], ""), ([], "rou"), (["xyz"], "q"), ([], "")])
def test_what_tells_nothing_is_in_the_language_of_the_page(
    index: Index, page: str, words: list[str], prefix: str
) -> None:
    assert Spoken(index).likeliest(words, prefix, page) == page


def test_one_language_is_that_of_every_question(tmp_path: Path) -> None:
    index = paper_index(write(tmp_path, {"en/wifi.md": ARTICLES["en/wifi.md"]}))
    assert Spoken(index).likeliest(["el", "wifi", "es"], "lento", "en") == "en"


@pytest.mark.parametrize("page", ["en", "es"])
def test_a_language_that_no_articles_are_in_is_not_taken_for_one_that_shares_a_word(
    index: Index, page: str
) -> None:
    """Of "al wifi non si connette" Spanish has two words of five, English one."""
    words = ["al", "wifi", "non", "si", "connette"]
    assert Spoken(index).likeliest(words, "", page) == "es"
    ranker = Ranker(index, TopicEncoder())
    assert ranker.read("al wifi non si connette", page).locale == page
    assert ranker.read("al wifi non", page).locale == "es"
