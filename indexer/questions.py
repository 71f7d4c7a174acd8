"""Questions with the articles that answer them: `{"question", "articles": [slugs], "locale"?}` a line."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.content.slugs import slug_of
from kb.errors import QuestionsError

SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`articles` is empty when nothing answers it; `kind` is a label of the set's own."""

    text: str
    articles: frozenset[str]
    locale: str | None
    kind: str


def read_questions(path: Path, sample: int | None = None) -> list[Question]:
    """All questions of a file, or `sample` of them, always the same ones. Raises QuestionsError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise QuestionsError(f"{path}: {error.strerror}; name a questions.jsonl") from error
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    questions = [_question(f"{path}:{n}", line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not questions:
        raise QuestionsError(f"{path}: no questions in it; one JSON object a line")
    if sample is None or sample >= len(questions):
        return questions
    return random.Random(SEED).sample(questions, sample)  # noqa: S311 - a fixed sample, not a secret


def _question(place: str, line: str) -> Question:
    try:
        fields: Any = json.loads(line)
    except ValueError as error:
        raise QuestionsError(f"{place}: not valid JSON ({error}); one object a line") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("question"), str):
        raise QuestionsError(f'{place}: needs {{"question": "…", "articles": ["slug", …]}}')
    articles = fields.get("articles")
    if not isinstance(articles, list) or not all(isinstance(slug, str) for slug in articles):
        raise QuestionsError(f"{place}: `articles` has to be a list of slugs, empty if nothing answers")
    locale = fields.get("locale")
    if locale is not None and not isinstance(locale, str):
        raise QuestionsError(f"{place}: `locale` has to be a text like `en`")
    return Question(
        text=fields["question"],
        articles=frozenset(slug_of(slug) for slug in articles),
        locale=locale,
        kind=str(fields.get("kind", "unanswerable")),
    )
