"""Excerpts are cut from the body alone, and their marks lie where the question's words are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.words import build_terms
from kb.search.excerpt import LENGTH, Excerpt, Marker
from kb.search.typed import read_typed

NOTHING = build_terms([])
BODY = (
    "Deskferry shows a picture of the other computer. If the screen stays black, restart the Host. "
    "Refunded money arrives within ten days. Der Bildschirm überträgt nichts."
)
TEXTS = st.one_of(st.text(), st.text("ab é重設İß.。!?\n", max_size=400))


def excerpt(body: str, question: str, common: frozenset[str] = frozenset(), title: str = "") -> Excerpt:
    return Marker(read_typed(question, NOTHING), common).excerpt(body, title)


def marked(found: Excerpt) -> list[str]:
    return [found.text[start:end] for start, end in found.highlights]


@given(TEXTS, TEXTS)
def test_whatever_is_asked_the_excerpt_is_a_stretch_of_the_body(body: str, question: str) -> None:
    found = excerpt(body, question)
    assert len(found.text) <= LENGTH
    assert found.text in body or found.text.removesuffix("…") in body


@given(TEXTS, TEXTS)
def test_marks_ascend_do_not_touch_and_lie_within(body: str, question: str) -> None:
    found = excerpt(body, question)
    edges = [edge for span in found.highlights for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(found.text) for edge in edges)


def test_it_begins_with_the_sentence_that_has_most_of_the_words() -> None:
    found = excerpt(BODY, "my screen is black")
    assert found.text.startswith("If the screen stays black")
    assert marked(found) == ["screen", "black"]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("REFUND", ["Refunded"]),
        ("refunds", ["Refunded"]),
        ("refu", []),
        ("refun", ["Refunded"]),
        ("übertragen", ["überträgt"]),
        ("ubertragung", ["überträgt"]),
        ("restaurant", []),
        ("ten", ["ten"]),
        ("tension", []),
    ],
)
def test_words_are_marked_whatever_their_case_accents_and_endings(question: str, found: list[str]) -> None:
    assert marked(excerpt(BODY, question)) == found


def test_within_another_word_none_is_marked() -> None:
    assert marked(excerpt("A reset, then a set time.", "set ")) == ["set"]


def test_a_word_that_most_articles_use_is_neither_marked_nor_chosen_by() -> None:
    found = excerpt(BODY, "deskferry screen", frozenset(["deskferry"]))
    assert marked(found) == ["screen"]


def test_in_another_language_only_the_same_word_is_marked() -> None:
    """Half a word, and one that begins alike, are none of theirs."""
    typed = read_typed("bildschirm Deskferry compute blacke refunder", NOTHING)
    marked_here = Marker(typed, frozenset()).excerpt(BODY)
    marked_abroad = Marker(typed, frozenset(), foreign=True).excerpt(BODY)
    assert marked(marked_here) == ["Deskferry", "computer", "black", "Refunded", "Bildschirm"]
    assert marked(marked_abroad) == ["Deskferry", "Bildschirm"]


def test_vowel_signs_belong_to_the_word() -> None:
    """ "कर" is a word of its own, and the beginning of "करें"."""
    assert marked(excerpt("पासवर्ड बदलें, कर भुगतान करें.", "पासवर्ड कर")) == ["पासवर्ड", "कर"]


def test_a_character_alone_is_found_alone() -> None:
    assert marked(excerpt("按 Ctrl 或 按住 Ctrl", "按 Ctrl")) == ["按", "Ctrl", "Ctrl"]


def test_neighbouring_pairs_of_chinese_are_one_mark() -> None:
    found = excerpt("請先登入。接著重設密碼即可。", "重設密碼")
    assert marked(found) == ["重設密碼"]
    assert found.text.startswith("接著")


def test_without_a_shared_word_it_is_the_start() -> None:
    assert excerpt(BODY, "zebra").text.startswith("Deskferry shows")
    assert excerpt(BODY, "").highlights == ()
    assert excerpt("", "refund") == Excerpt(text="", highlights=())


def test_a_long_sentence_ends_at_a_word_and_says_so() -> None:
    found = excerpt("word " * 100, "word")
    assert found.text.endswith("word…")
    assert len(found.text) <= LENGTH


def test_words_of_the_title_do_not_choose_the_sentence_but_are_marked() -> None:
    """All of the article is about a reset: the sentence that happens to say so is not the answer."""
    body = "Select Forgot password. Open the link within an hour. A reset does not turn codes off."
    found = excerpt(body, "reset link", title="Reset your password")
    assert found.text.startswith("Open the link")
    assert marked(found) == ["link", "reset"]
    assert excerpt(body, "how to reset", title="Resetting a password").text == body


@pytest.mark.parametrize(
    ("body", "question", "found"),
    [
        ("비밀번호를 재설정합니다.", "비밀번호를", ["비밀번호를"]),
        ("ガイドとデータを見る", "データ", ["データ"]),
        ("أعد تشغيل الجهاز", "أعد", ["أعد"]),
        ("Die Straße ist gesperrt", "strasse", ["Straße"]),
        ("Groß, die STRASSE", "straße", ["STRASSE"]),
        ("Le re\u0301seau est coupé", "réseau coupe", ["re\u0301seau", "coupé"]),
    ],
)
def test_words_are_marked_in_every_script(body: str, question: str, found: list[str]) -> None:
    assert marked(excerpt(body, question)) == found
