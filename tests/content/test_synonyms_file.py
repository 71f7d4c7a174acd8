from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.synonyms import LONGEST, SynonymGroup, read_synonyms
from kb.errors import ArticleError

LOCALES = frozenset(["en", "de", "it"])


def groups(text: str) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(g.locale, g.names) for g in read_synonyms(text.encode(), "synonyms.yaml", LOCALES)]


@pytest.mark.parametrize(
    "text",
    [
        "- [Remote Session, RS, old name]\n",
        "Remote Session: [RS, old name]\n",
        "- Remote Session: [RS, old name]\n",
        "Remote Session:\n  - RS\n  - old name\n",
        "\ufeff- [Remote   Session, RS, rs, old name]\r\n",
    ],
)
def test_a_group_may_be_a_list_or_a_name_with_others(text: str) -> None:
    assert groups(text) == [(None, ("Remote Session", "RS", "old name"))]


def test_names_are_text_however_they_look() -> None:
    assert groups("- [No, 1.10, 2026-05-01]\n") == [(None, ("No", "1.10", "2026-05-01"))]


def test_a_locale_has_groups_of_its_own() -> None:
    text = "Session: RS\nde:\n  Bildschirm: [Monitor]\nit: [information technology]\n"
    assert groups(text) == [
        (None, ("Session", "RS")),
        ("de", ("Bildschirm", "Monitor")),
        (None, ("it", "information technology")),
    ]
    assert groups("de:\n  - [Bildschirm, Monitor]\n") == [("de", ("Bildschirm", "Monitor"))]


def test_an_empty_file_has_no_groups() -> None:
    assert groups("") == groups("# nothing yet\n") == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- [a, b]\n- [alone]\n", 2, "add the others"),
        ("- [a, A]\n", 1, "add the others"),
        ("- [a, b]\n- c\n", 2, "add the others"),
        ("just text\n", 1, "one name alone"),
        ("a: [b]\na: [c]\n", 2, "there twice"),
        ("a: [b\n", 1, "a bracket"),
        ("- [a, '!?']\n", 1, "no letter"),
        ("- [a, [b, c]]\n", 1, "write it flat"),
        ("a: [b]\nfr:\n  c: [d]\n", 2, "`fr` is no locale"),
        ("a: [b]\nc: [*d, e]\n", 2, "quotes"),
        ("a: [!!python/object:os.system b]\n", 1, "quotes"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ArticleError, match=rf"^synonyms\.yaml:{line}: .*{words}"):
        groups(text)


@pytest.mark.parametrize("content", [b"- [a, \xff]\n", b"x" * (LONGEST + 1)])
def test_a_file_that_is_no_text_or_a_book_is_refused(content: bytes) -> None:
    with pytest.raises(ArticleError, match=r"^synonyms\.yaml:1: "):
        read_synonyms(content, "synonyms.yaml", LOCALES)


@given(st.text(max_size=60) | st.text("-[]{}:,ab \n'\"&*!", max_size=40))
def test_whatever_is_in_the_file_it_is_read_or_refused_in_words(text: str) -> None:
    try:
        found = read_synonyms(text.encode(), "synonyms.yaml", LOCALES)
    except ArticleError:
        return
    assert all(isinstance(group, SynonymGroup) and len(group.names) > 1 for group in found)
