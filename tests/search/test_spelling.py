"""Misspelt words, read as the articles spell them."""

from __future__ import annotations

from pathlib import Path

import pytest
from centre import paper_index, write
from hypothesis import given
from hypothesis import strategies as st

from kb.index.text import units
from kb.index.topic_encoder import TopicEncoder
from kb.index.words import build_terms
from kb.search.rank import Ranker
from kb.search.spelling import MOST, Spelling

TERMS = build_terms(
    [
        ["screen", "black", "after", "login"],
        ["screen", "scheme", "recover", "password"],
        ["screed", "blank", "grosse", "df3001", "密碼"],
        ["my", "is", "the", "a"],
    ]
)
SPELLING = Spelling(TERMS.vocabulary, lambda word: word in ("slack", "Plank"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("my scren is black", "my screen is black"),  # a letter left out
        ("my screeen is black", "my screen is black"),  # put in
        ("my acreen is black", "my screen is black"),  # changed
        ("my Srceen, is black", "my screen, is black"),  # two changed places
        ("my screex is black", "my screen is black"),  # screed is as near, and in fewer articles
        ("scren", "screen"),  # a misspelt word is not in another language
        ("pasword, scren!", "password, screen!"),
        ("my größee is black", "my grosse is black"),
    ],
)
def test_a_word_one_slip_from_one_of_the_articles_is_read_as_that(text: str, meant: str) -> None:
    assert SPELLING.corrected(text, TERMS) == meant


@pytest.mark.parametrize(
    "text",
    [
        "my screed is blank",  # the articles' own words
        "is the slack black",  # the encoder knows it
        "is the Plank black",
        "is my scrxxn black",  # two slips
        "is it a log",  # a short word, and one half typed
        "my df3002 is black",  # a code is meant to the letter
        "my scre",  # half typed
        "密馬",
        "",
    ],
)
def test_other_words_stay_as_they_are(text: str) -> None:
    assert SPELLING.corrected(text, TERMS) == text


def test_a_half_typed_word_is_done_once_another_begins() -> None:
    assert SPELLING.corrected("recove", TERMS) == "recove"
    assert SPELLING.corrected("recove my screen", TERMS) == "recover my screen"


def test_a_question_in_another_language_is_left_alone() -> None:
    text = "der Blank auf dem Schirm ist ganz schwarz und screeb"
    assert SPELLING.corrected(text, TERMS) == text
    assert SPELLING.corrected("screeb und Blank", TERMS) == "screen und Blank"
    many = " ".join(["scren"] * (MOST + 1))
    assert SPELLING.corrected(many, TERMS) == many


def test_the_first_letter_is_seldom_wrong() -> None:
    terms = build_terms([["park"], ["park"], ["bark"]])
    assert Spelling(terms.vocabulary, lambda _: False).corrected("bbark", terms) == "bark"
    assert Spelling(terms.vocabulary, lambda _: False).corrected("wpark", terms) == "park"


@given(st.text(alphabet="scren blackß密ｅ. ", max_size=60))
def test_as_many_words_come_out_as_went_in(text: str) -> None:
    assert len(units(SPELLING.corrected(text, TERMS))) == len(units(text))


def test_words_are_corrected_by_the_language_of_the_question(tmp_path: Path) -> None:
    articles = {
        "en/a.md": "# The letters\n\nYou wrote a letter to the bank.\n",
        "en/b.md": "# The later day\n\nYou came to the bank.\n",
        "fr/a.md": "# Les lettes\n\nVous avez une lette.\n",
        "fr/b.md": "# Une lette\n\nVous avez tout.\n",
    }
    ranker = Ranker(paper_index(write(tmp_path, articles)), TopicEncoder())
    assert ranker.read("you wrote a lettr to the bank", "en").meaning == "you wrote a letter to the bank"
    assert ranker.read("vous avez une lettr ici", "fr").meaning == "vous avez une lette ici"


def test_what_is_searched_for_is_the_word_that_was_meant(tmp_path: Path) -> None:
    articles = {"screen.md": "# A black screen\n", "card.md": "# A lost card\n"}
    ranker = Ranker(paper_index(write(tmp_path, articles)), TopicEncoder())
    wrong, right = ranker.read("the blakc scren", "en"), ranker.read("the black screen", "en")
    assert wrong == right
