"""A question taken apart while it is still being typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.text import fold, words
from kb.index.words import USUAL, build_terms
from kb.search.typed import LONGEST, read_typed

VOCABULARY = build_terms(
    [["reset", "password", "residence"], ["reset", "screen"], ["écran"], ["重設", "密碼"]]
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("how do I res", "how do I reset"),
        ("how do I Res", "how do I reset"),
        ("how do I resi", "how do I residence"),
        ("how do I reset", "how do I reset"),
        ("how do I reset ", "how do I reset"),
        ("how do I res?", "how do I res?"),
        ("how do I xyz", "how do I xyz"),
        ("重設密", "重設密"),
        ("", ""),
        ("?", "?"),
    ],
)
def test_a_half_typed_last_word_is_completed_to_the_likeliest(text: str, meaning: str) -> None:
    assert read_typed(text, VOCABULARY).meaning == meaning


@pytest.mark.parametrize(
    ("text", "found", "prefix"),
    [
        ("reset pass", ("reset",), "pass"),
        ("reset pass!", ("reset", "pass"), ""),
        ("重設密碼", ("重設", "設密", "密碼"), ""),
        ("pass", (), "pass"),
        ("pass pass", ("pass",), "pass"),
    ],
)
def test_the_last_word_may_go_on_and_the_others_may_not(
    text: str, found: tuple[str, ...], prefix: str
) -> None:
    typed = read_typed(text, VOCABULARY)
    assert (typed.words, typed.prefix) == (found, prefix)


@pytest.mark.parametrize("text", ["", "   \n", "?!", "🙂🙂🙂", "—"])
def test_without_a_letter_or_digit_there_is_nothing_to_search_for(text: str) -> None:
    assert read_typed(text, VOCABULARY).empty


@given(st.text())
def test_any_text_loses_no_word(text: str) -> None:
    typed = read_typed(text, VOCABULARY)
    asked = [*typed.words, *([typed.prefix] if typed.prefix else [])]
    assert sorted(asked) == sorted(words(fold(" ".join(text.split()))))
    assert typed.empty == (not asked)


def test_spaces_and_lines_make_no_difference() -> None:
    assert read_typed(" reset\n\n my  password ", VOCABULARY) == read_typed("reset my password", VOCABULARY)


def test_a_very_long_question_is_read_as_far_as_it_says_what_it_is_about() -> None:
    typed = read_typed("reset " * LONGEST, VOCABULARY)
    assert len(typed.meaning) <= LONGEST + len("residence")


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("reset password", 1),
        ("reset der das", 2 / 3),
        ("wie geht das", 0),
        ("reset wie", 1),
        ("pass", 1),
        ("", 0),
        ("重設手機號", 1),  # 重設 設手 手機 機號: a quarter of the pairs
        ("重設手機號碼在哪裡", 1 / 2),
        ("手機號碼", 0),
        ("重設手機 wie das", 4 / 5),
    ],
)
def test_words_are_known_when_the_articles_use_half_of_them(text: str, known: float) -> None:
    assert read_typed(text, VOCABULARY).known == pytest.approx(known)


@pytest.mark.parametrize(
    ("text", "known"),
    [("退款的時間", 1 / 2), ("是不是退款", 1), ("退款時間", 0), ("あの人", 0), ("的錢", 1), ("", 0)],
)
def test_usual_characters_tell_the_language_where_pairs_are_new(text: str, known: float) -> None:
    """退款的時間 is 退款 款的 的時 時間: one of four begins as articles' terms do; half would be enough."""
    terms = build_terms([["的人", "的錢", "的卡"], ["是我", "了我"]])
    assert read_typed(text, terms).known == pytest.approx(known)


def test_only_the_commonest_characters_are_usual() -> None:
    signs = [chr(0x4E00 + number) for number in range(USUAL + 10)]
    common = [[sign + "人" for sign in signs[:USUAL]]] * 3
    usual = build_terms([*common, [sign + "人" for sign in signs], ["words", "too"]]).usual()
    assert usual.signs == set(signs[:USUAL])
    assert usual.share == pytest.approx(4 * USUAL / (4 * USUAL + 10))


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("reset", 1), ("reset my pass", 3), ("重設", 0.5), ("重設手機號", 2), ("reset 重設手機號", 3)],
)
def test_a_character_that_stands_in_two_pairs_counts_once(text: str, length: float) -> None:
    assert read_typed(text, VOCABULARY).length == length


def test_a_pair_of_characters_tells_half_of_what_a_word_as_rare_does() -> None:
    pair, word = (read_typed(text, VOCABULARY).told for text in ("重設", "residence "))
    assert pair == pytest.approx(word / 2)
