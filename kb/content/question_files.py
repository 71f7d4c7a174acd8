"""Files of questions with the articles that answer them: one JSON object a line.

`{"question", "articles": [slugs], "locale"?}` to evaluate with, `{"question", "article", "locale"?}` to
learn from, `{"question", "locale"?}` to group.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.content.slugs import slug_of
from kb.errors import QuestionsError

SEED = 1
QUESTIONS = "questions.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`articles` is empty when nothing answers it; `kind` is a label of the set's own."""

    text: str
    articles: frozenset[str]
    locale: str | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedQuestion:
    """A customer's question, and the article that solved it."""

    text: str
    article: str
    locale: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A question, and the line of the file that it stands in, counted from 1."""

    line: int
    text: str
    locale: str | None


def read_questions(path: Path, sample: int | None = None) -> list[Question]:
    """All questions of a file, or `sample` of them, always the same ones. Raises QuestionsError."""
    questions = [_question(place, line) for place, line in _lines(path, "a questions.jsonl")]
    if sample is None or sample >= len(questions):
        return questions
    return random.Random(SEED).sample(questions, sample)  # noqa: S311 - a fixed sample, not a secret


def read_solved(path: Path) -> list[SolvedQuestion]:
    """All lines of a file of `{"question", "article", "locale"?}`. Raises QuestionsError."""
    return [_solved(place, line) for place, line in _lines(path, "a .jsonl file of solved questions")]


def read_asked(path: Path) -> list[AskedLine]:
    """All lines of a file of `{"question", "locale"?}`; of an empty file none. Raises QuestionsError."""
    found: list[AskedLine] = []
    for place, line in _lines(path, "a .jsonl file of questions", empty=True):
        fields = _fields(place, line, '{"question": "…"}')
        number = int(place.rpartition(":")[2])
        found.append(AskedLine(line=number, text=fields["question"], locale=fields.get("locale")))
    return found


def _lines(path: Path, what: str, *, empty: bool = False) -> list[tuple[str, str]]:
    """Lines that are not empty, each with its place; that there are none may be an error."""
    try:
        # Not splitlines: JSON may hold other signs that Unicode ends a line with.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise QuestionsError(f"{path}: {error.strerror}; name {what}") from error
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    found = [(f"{path}:{n}", line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not found and not empty:
        raise QuestionsError(f"{path}: no questions in it; one JSON object a line")
    return found


def _fields(place: str, line: str, shape: str) -> dict[str, Any]:
    try:
        fields: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise QuestionsError(f"{place}: not valid JSON ({error}); one object a line") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("question"), str):
        raise QuestionsError(f"{place}: needs {shape}")
    if not _is_text(fields["question"]):
        raise QuestionsError(
            f"{place}: half of a character (\\ud800 to \\udfff alone) is in `question`; take it out"
        )
    locale = fields.get("locale")
    if locale is not None and not isinstance(locale, str):
        raise QuestionsError(f"{place}: `locale` has to be a text like `en`")
    return fields


def _is_text(text: str) -> bool:
    """JSON can name halves of characters, which nothing can read or store."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _solved(place: str, line: str) -> SolvedQuestion:
    fields = _fields(place, line, '{"question": "…", "article": "slug"}')
    article = fields.get("article")
    if not isinstance(article, str) or not slug_of(article):
        raise QuestionsError(f"{place}: `article` has to be the slug of the article that solved it")
    return SolvedQuestion(text=fields["question"], article=slug_of(article), locale=fields.get("locale"))


def _question(place: str, line: str) -> Question:
    fields = _fields(place, line, '{"question": "…", "articles": ["slug", …]}')
    articles = fields.get("articles")
    if not isinstance(articles, list) or not all(isinstance(slug, str) for slug in articles):
        raise QuestionsError(f"{place}: `articles` has to be a list of slugs, empty if nothing answers")
    return Question(
        text=fields["question"],
        articles=frozenset(slug_of(slug) for slug in articles),
        locale=fields.get("locale"),
        kind=str(fields.get("kind", "unanswerable")),
    )
