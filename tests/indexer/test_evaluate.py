"""`selfhelp eval` measures what is published and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from centre import publish, write

from indexer.evaluate import as_shown
from kb.index.snapshot import CURRENT, MODELS
from kb.search.engine import Engine
from kb.search.rank import Ranked

ARTICLES = {
    "refund.md": "# Get a refund\n\nWe pay your money back within ten days.\n",
    "screen.md": "# The screen is black\n\nTurn it on.\n",
    "printer.md": "# Print a document\n\nChoose the printer.\n",
    "sound.md": "# There is no sound\n\nTurn it up.\n",
}
QUESTIONS = [
    {"question": "get a refund", "articles": ["refund"]},
    {"question": "the screen is black", "articles": ["screen", "gone"]},
    {"question": "print a document", "articles": ["nowhere"]},
    {"question": "what is love", "articles": []},
]
Run = Callable[..., Any]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, QUESTIONS)))
    return path


@pytest.fixture
def published(tmp_path: Path, data: Path) -> str:
    return publish(write(tmp_path / "articles", ARTICLES), data).snapshot_id


def test_the_published_snapshot_is_asked_whole_and_half_typed(
    selfhelp: Run, published: str, questions: Path
) -> None:
    """One of three has no article here: it cannot be found, and its slug is named."""
    ran = selfhelp("eval", questions, "--json")
    assert ran.status == 0
    found = json.loads(ran.out)
    assert (found["questions"], found["unanswerable"]) == (3, 1)
    assert found["success1"] == found["success3"] == pytest.approx(200 / 3)
    assert found["mrr10"] == pytest.approx(2 / 3)
    assert list(found["success3_at"]) == ["20%", "40%", "60%", "80%", "100%"]
    assert found["typing_score"] == pytest.approx(sum(found["success3_at"].values()) / 5)
    assert "no such article in the snapshot: gone, nowhere" in ran.err


def test_each_beginning_knows_what_was_shown_for_the_one_before(
    published: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(data, floor=0)
    engine.load()
    searcher = engine.searcher()
    typed_on = ["the screen", "the screen is a refund of the sound", "print", "", "sound"]
    alone = [found for _, found in searcher.rank_many([(text, "en") for text in typed_on])]
    monkeypatch.setattr("kb.search.steady.MARGIN", 1000)

    def first(found: Ranked) -> list[int]:
        return found.articles[:3].tolist()

    found = as_shown(searcher, alone)
    assert first(found[0]) == first(alone[0])
    for before, now, by_itself in zip(found, found[1:3], alone[1:], strict=False):
        assert first(now)[0] == first(by_itself)[0]
        assert len(set(first(now)) & set(first(before))) >= 2
    assert [first(one) for one in found[3:]] == [[], first(alone[4])]


def test_it_prints_every_figure(selfhelp: Run, published: str, questions: Path) -> None:
    text = selfhelp("eval", questions).out
    assert "3 with an answer, 1 without" in text
    for name in ("success@1", "success@3", "MRR@10", "20%:", "100%:", "typing score"):
        assert name in text


def test_ranking_is_measured_without_the_floor(
    selfhelp: Run, published: str, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFHELP_FLOOR", "1")
    assert json.loads(selfhelp("eval", questions, "--json").out)["success3"] > 0


def test_a_sample_is_always_the_same(selfhelp: Run, published: str, questions: Path) -> None:
    first = json.loads(selfhelp("eval", questions, "--sample", "2", "--json").out)
    assert first["questions"] + first["unanswerable"] == 2
    assert json.loads(selfhelp("eval", questions, "--sample", "2", "--json").out) == first


def test_other_articles_are_indexed_for_the_occasion_and_current_does_not_move(
    selfhelp: Run, published: str, questions: Path, tmp_path: Path, data: Path
) -> None:
    others = write(tmp_path / "others", {**ARTICLES, "[b]nowhere.md": "# Print a document\n", "[/].md": ""})
    before = {path.relative_to(data) for path in data.rglob("*")}
    ran = selfhelp("eval", questions, "--articles", others, "--json")
    assert ran.status == 0, ran.err
    assert json.loads(ran.out)["success1"] == pytest.approx(200 / 3)
    assert "error [/].md:1: " in ran.err
    assert (data / CURRENT).read_text().strip() == published
    assert {path.relative_to(data) for path in data.rglob("*")} == before


def test_articles_can_be_measured_where_nothing_is_published(
    selfhelp: Run, questions: Path, tmp_path: Path, data: Path
) -> None:
    ran = selfhelp("eval", questions, "--articles", write(tmp_path / "others", ARTICLES), "--json")
    assert ran.status == 0
    assert {path.name for path in data.iterdir()} == {MODELS}


def test_nothing_published_and_a_file_that_is_not_there_say_what_to_do(
    selfhelp: Run, questions: Path
) -> None:
    ran = selfhelp("eval", questions)
    assert (ran.status, "run `selfhelp index`" in ran.err) == (2, True)
    ran = selfhelp("eval", "gone.jsonl")
    assert (ran.status, "name a questions.jsonl" in ran.err) == (2, True)


def test_emoji_only_questions_find_nothing_and_break_nothing(
    selfhelp: Run, published: str, tmp_path: Path
) -> None:
    (tmp_path / "q.jsonl").write_text('{"question": "🙂🙂🙂", "articles": ["refund"]}')
    assert json.loads(selfhelp("eval", "q.jsonl", "--json").out)["success3"] == 0
