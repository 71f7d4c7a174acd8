from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.synonyms import SynonymGroup
from kb.index.synonyms import NO_SYNONYMS, Synonyms

GROUPS = (
    SynonymGroup(names=("Remote Session", "RS", "remote control")),
    SynonymGroup(names=("Bildschirm", "Monitor"), locale="de"),
    SynonymGroup(names=("重設密碼", "重置密碼")),
)
SYNONYMS = Synonyms(GROUPS)


def put(text: str, locale: str | None = None) -> str:
    return SYNONYMS.put(text, locale, completed=text)[0]


def test_an_article_counts_the_other_names_of_what_it_names() -> None:
    assert SYNONYMS.others("Start a remote-session now", "en") == "RS remote control"
    assert SYNONYMS.others("Start rs or remote control", "en") == "Remote Session"
    assert SYNONYMS.others("Start it", "en") == ""


def test_names_of_another_locale_are_left_alone() -> None:
    assert SYNONYMS.others("Der Monitor", "de") == "Bildschirm"
    assert SYNONYMS.others("The monitor", "en") == ""
    assert put("mein Monitor", "de") == "mein Bildschirm"
    assert put("my monitor", "en") == "my monitor"


@pytest.mark.parametrize(
    ("asked", "put_as"),
    [
        ("RS is slow", "Remote Session is slow"),
        ("my rs and my remote  control", "my Remote Session and my Remote Session"),
        ("remote session is slow", "remote session is slow"),
        ("parse the users", "parse the users"),
        ("怎么重置密碼呢", "怎么重設密碼呢"),
        ("remote con", "Remote Session"),
        ("why is remote c", "why is Remote Session"),
        ("remote c ", "remote c "),
        ("remote", "remote"),
        ("", ""),
    ],
)
def test_a_question_is_put_with_the_articles_own_name(asked: str, put_as: str) -> None:
    assert put(asked) == put_as


def test_the_longest_name_wins() -> None:
    short = SynonymGroup(names=("Desk", "RS"))
    long = SynonymGroup(names=("Desk Pro", "RS Pro"))
    assert Synonyms([short, long]).put("rs pro", None, completed="rs pro") == ("Desk Pro", (long,))


def test_accents_and_case_do_not_hide_a_name() -> None:
    menu = Synonyms([SynonymGroup(names=("Menü", "CAFÉ"))])
    for typed in ("café", "Cafe\u0301", "CAFE"):
        assert menu.put(typed, None, completed=typed)[0] == "Menü"


def test_synonyms_come_back_from_json_as_they_were() -> None:
    assert Synonyms.from_json(SYNONYMS.to_json()) == SYNONYMS
    assert SYNONYMS != NO_SYNONYMS


@given(st.text(max_size=40))
def test_without_names_nothing_changes_and_with_them_nothing_fails(text: str) -> None:
    assert NO_SYNONYMS.put(text, None, completed=text) == (text, ())
    assert isinstance(put(text), str)
    assert isinstance(SYNONYMS.others(text, "en"), str)
