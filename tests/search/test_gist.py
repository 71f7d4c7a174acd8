"""What matters in a long text."""

from __future__ import annotations

from pathlib import Path

import pytest
from centre import paper_index, write
from hypothesis import given
from hypothesis import strategies as st

from kb.index.index import Index
from kb.index.topic_encoder import TopicEncoder
from kb.search.gist import KEPT, LONG, MOST, gist, sentences

STORY = "On Monday my brother came by, whom I had not seen for years, and we drove to the sea."
ASKED = "The screen stays black."


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return paper_index(write(tmp_path, {"black.md": "# The screen is black\n", "pay.md": "# A refund\n"}))


def test_of_a_letter_the_sentences_nearest_to_an_article_are_searched(index: Index) -> None:
    letter = f"Dear team,\n{STORY} {STORY} {ASKED} {STORY}\nI want a refund.\nYours\n"
    assert gist(letter, TopicEncoder(), index) == f"{ASKED} I want a refund. ."


def test_what_is_short_stays_as_it_is(index: Index) -> None:
    assert gist(f"Hello! {ASKED}  Bye.", TopicEncoder(), index) == f"Hello! {ASKED}  Bye."
    one = "word " * 2 * LONG
    assert gist(one, TopicEncoder(), index) == one


def test_the_mail_that_is_answered_and_the_signature_are_not_part_of_the_question() -> None:
    mail = f"{STORY}\n> We gave you a refund.\n{STORY}\n{ASKED}\n{STORY}\n-- \nThe card people"
    found = sentences(mail)
    assert ASKED in found
    assert not any("refund" in one or "card" in one for one in found)


def test_the_last_sentence_may_end_in_a_half_typed_word_and_no_other(index: Index) -> None:
    assert gist(f"{STORY} {STORY} I want a refund. The screen sta", TopicEncoder(), index).endswith(
        "refund. The screen sta"
    )
    assert gist(f"{ASKED} {ASKED}\nno end to it {STORY} {STORY}\nA", TopicEncoder(), index).endswith(" .")


def test_sentences_of_scripts_without_spaces_are_told_apart() -> None:
    told = [
        "我昨天和我的朋友一起去了海边玩。",
        "我们在那里吃了很多好吃的东西。",
        "今天我登录以后屏幕一直是黑的。",
    ]
    assert sentences("".join(told)) == told


@given(st.text(alphabet="ab .!?\n>-密。", max_size=3000))
def test_any_text_is_taken_apart_within_bounds(text: str) -> None:
    found = sentences(text)
    assert len(found) <= MOST
    assert not found or len(found) > KEPT or len(text) > LONG
