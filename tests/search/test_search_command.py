"""`selfhelp search` in a terminal and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from centre import publish, write

ARTICLES = {
    "en/refund.md": "# Get a refund\n\nWe pay within ten days.\n## To a card\nIt takes a week.\n",
    "en/screen.md": "---\ntitle: The screen is black\nurl: https://a.example/s\n---\nTurn the screen on.\n",
    "es/refund.md": "# Pedir un reembolso\n\nPagamos.\n",
}


@pytest.fixture
def published(tmp_path: Path, data: Path) -> str:
    return publish(write(tmp_path / "articles", ARTICLES), data).snapshot_id


def test_it_prints_titles_confidence_addresses_and_excerpts(
    selfhelp: Callable[..., Any], published: str
) -> None:
    ran = selfhelp("search", "--all", "screen", "is", "black")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("1. The screen is black  ")
    assert lines[0].endswith("  en/screen")
    assert lines[1].strip() == "https://a.example/s"
    assert lines[2].strip() == "Turn the screen on."


def test_json_has_what_the_api_answers(selfhelp: Callable[..., Any], published: str) -> None:
    ran = selfhelp("search", "--json", "--all", "--limit", "1", "refund to my card")
    answer = json.loads(ran.out)
    assert answer["snapshot_id"] == published
    (first,) = answer["suggestions"]
    assert (first["slug"], first["locale"], first["rank"]) == ("refund", "en", 1)
    assert 0 <= first["confidence"] <= 1
    assert "explanation" not in first


def test_it_explains_why_each_stands_where_it_does(selfhelp: Callable[..., Any], published: str) -> None:
    text = selfhelp("search", "--explain", "--all", "refund card").out
    for word in ("meaning", "words", "score", "passage  To a card"):
        assert word in text
    answer = json.loads(selfhelp("search", "--explain", "--json", "--all", "refund").out)
    assert {"score", "signals", "passage"} <= set(answer["suggestions"][0]["explanation"])


def test_it_asks_in_the_language_named(selfhelp: Callable[..., Any], published: str) -> None:
    answer = json.loads(selfhelp("search", "--json", "--all", "--locale", "es-MX", "refund").out)
    assert {one["slug"]: one["locale"] for one in answer["suggestions"]} == {"refund": "es", "screen": "en"}


@pytest.mark.parametrize("question", ["🙂", "?"])
def test_nothing_found_is_said_and_no_error(
    selfhelp: Callable[..., Any], published: str, question: str
) -> None:
    ran = selfhelp("search", question)
    assert ran.status == 0
    assert ran.out.startswith("nothing is likely to answer this (best confidence 0.00;")


def test_nothing_published_says_what_to_run(selfhelp: Callable[..., Any]) -> None:
    ran = selfhelp("search", "refund")
    assert (ran.status, ran.out) == (2, "")
    assert "nothing published in data yet: run `selfhelp index`" in ran.err


def test_a_question_is_needed(selfhelp: Callable[..., Any]) -> None:
    ran = selfhelp("search")
    assert ran.status == 2
    assert "Missing argument" in ran.err


def test_bytes_that_are_no_text_are_searched_without_them(
    selfhelp: Callable[..., Any], published: str
) -> None:
    assert selfhelp("search", "--all", "screen \udcff").out.startswith("1. The screen is black  ")
