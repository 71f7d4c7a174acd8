"""Text becomes the same terms however it is typed."""

from __future__ import annotations

import re
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.text import WORD, fold, grams, is_unspaced, running_words, words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ÄRGER", "arger"),
        ("Straße", "strasse"),
        ("ＤＦ－３００１", "df-3001"),
        ("ŝanĝi la pasvorton", "sangi la pasvorton"),
        ("contraseña", "contrasena"),
        ("ﬁle", "file"),
        ("𝐇𝐞𝐥𝐩", "help"),
        ("パスワード", "パスワード"),
        ("비밀번호", "비밀번호"),
    ],
)
def test_case_accents_and_width_make_no_difference(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my screen is black", ["my", "screen", "is", "black"]),
        ("e-mail", ["e", "mail", "email"]),
        ("don't", ["don", "t", "dont"]),
        ("重設密碼", ["重設", "設密", "密碼"]),
        ("設", ["設"]),
        ("用usb連接", ["用", "usb", "連接"]),
        ("snake_case", ["snake", "case", "snakecase"]),
        ("🙂 !?", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_any_text_has_words_only_of_letters_digits_and_their_marks(text: str) -> None:
    for word in words(fold(text)):
        assert word
        assert all(char.isalnum() or category(char) in ("Mn", "Mc") for char in word)


def test_grams_mark_where_a_word_begins_and_ends() -> None:
    assert set(grams("no")) == {" no", "no ", " no "}
    assert set(grams("no", open_end=True)) == {" no"}
    assert set(grams("no ", open_end=True)) == {" no", "no ", " no "}
    assert sorted(grams("密碼")) == sorted(["密", "碼", "密碼"])


@given(st.text("ab ", max_size=12))
def test_a_half_typed_question_has_no_gram_that_the_whole_one_lacks(text: str) -> None:
    """Or else typing on would take back what had been found."""
    for cut in range(len(text)):
        assert set(grams(text[:cut], open_end=True)) <= set(grams(text))


@pytest.mark.parametrize(
    ("text", "unspaced"), [("screen", False), ("화면", False), ("usb連接", True), ("รหัส", True)]
)
def test_scripts_without_spaces_are_known(text: str, unspaced: bool) -> None:
    assert is_unspaced(text) is unspaced


@given(st.text("ab-._/'’ \u0e48\u0301密1", max_size=12))
def test_compounds_are_words_with_one_joint_between_them(text: str) -> None:
    """As one pattern says it that is tried at each letter."""
    pattern = f"{WORD}(?:[-._/'’]{WORD})+"
    compounds = ["".join(re.findall(WORD, found)) for found in re.findall(pattern, text)]
    assert words(text) == running_words(text) + compounds


def test_a_word_of_a_million_letters_is_one_word() -> None:
    assert words("x" * 1_000_000) == ["x" * 1_000_000]
