"""A file of questions is read whole, or says which line has to be mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.question_files import read_questions
from kb.errors import QuestionsError


def written(folder: Path, *lines: str) -> Path:
    (folder / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder / "questions.jsonl"


def test_a_question_has_articles_and_perhaps_a_locale(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"question": "no sound", "articles": ["no-sound", "Add a Printer"], "locale": "en", "more": 1}',
        "",
        '{"question": "cómo", "articles": [], "kind": "far"}',
    )
    first, second = read_questions(path)
    assert (first.text, first.locale) == ("no sound", "en")
    assert first.articles == {"no-sound", "Add-a-Printer"}, "file names count as their slugs"
    assert (second.text, second.articles, second.locale, second.kind) == ("cómo", frozenset(), None, "far")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, '\ufeff{"question": "q", "articles": []}')
    assert len(read_questions(path)) == 1


def test_a_sample_is_always_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, *(f'{{"question": "number {n}", "articles": []}}' for n in range(50)))
    sample = read_questions(path, 10)
    assert sample == read_questions(path, 10)
    assert len({question.text for question in sample}) == 10
    assert len(read_questions(path, 60)) == 50
    assert [question.text for question in read_questions(path, 50)] == [f"number {n}" for n in range(50)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", 'needs {"question"'),
        ('{"articles": []}', 'needs {"question"'),
        ('{"question": 1, "articles": []}', 'needs {"question"'),
        ('{"question": "q"}', "`articles` has to be a list of slugs"),
        ('{"question": "q", "articles": "slug"}', "`articles` has to be a list of slugs"),
        ('{"question": "q", "articles": [1]}', "`articles` has to be a list of slugs"),
        ('{"question": "q", "articles": [], "locale": 3}', "`locale` has to be a text"),
        (r'{"question": "half \ud83d", "articles": []}', "half of a character"),
    ],
)
def test_a_wrong_line_is_named_with_its_remedy(tmp_path: Path, line: str, words: str) -> None:
    path = written(tmp_path, '{"question": "q", "articles": []}', "", line)
    with pytest.raises(QuestionsError) as wrong:
        read_questions(path)
    assert str(wrong.value).startswith(f"{path}:3: ")
    assert words in str(wrong.value)


def test_a_line_separator_within_a_question_is_no_end_of_line(tmp_path: Path) -> None:
    path = written(tmp_path, '{"question": "one\u2028two\x85three", "articles": []}')
    assert len(read_questions(path)) == 1


def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r"No such file.*; name a questions\.jsonl"):
        read_questions(tmp_path / "gone.jsonl")
    with pytest.raises(QuestionsError, match="Is a directory"):
        read_questions(tmp_path)
    with pytest.raises(QuestionsError, match="no questions in it"):
        read_questions(written(tmp_path, "", " "))
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "caf\xe9", "articles": []}')
    with pytest.raises(QuestionsError, match="not UTF-8"):
        read_questions(tmp_path / "latin.jsonl")
