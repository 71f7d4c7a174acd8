"""`selfhelp index` with golden questions: what they keep from being published, and what is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from centre import write

from kb.index.snapshot import SNAPSHOTS, published_id

Run = Callable[..., Any]
NAMES = ("invoice", "currency", "sales tax", "discount code", "price list", "receipt", "payment method")
ARTICLES = {
    **{f"{name.replace(' ', '-')}.md": f"# About the {name}\n\nWhat a {name} is for.\n" for name in NAMES},
    "refund.md": "# Get your money back\n\nAsk for a refund within ten days and we pay it back.\n",
}
QUESTIONS = [("how do I get a refund", "refund"), ("which currency do you take", "currency")]
RUINED = {"refund.md": "# Rain\n\nIt rains in autumn, and umbrellas are sold at the station.\n"}


@pytest.fixture
def published(selfhelp: Run, tmp_path: Path, data: Path) -> str:
    lines = [json.dumps({"question": text, "articles": [slug]}) for text, slug in QUESTIONS]
    write(tmp_path / "articles", {**ARTICLES, "questions.jsonl": "\n".join(lines)})
    assert selfhelp("index").status == 0
    return published_id(data)


def test_a_snapshot_that_loses_questions_is_not_published_until_it_is_forced(
    selfhelp: Run, published: str, tmp_path: Path, data: Path
) -> None:
    write(tmp_path / "articles", RUINED)
    ran = selfhelp("index")
    assert ran.status == 1
    assert "golden questions: 2 asked, 2 of them of both snapshots" in ran.out
    assert "success@3  100.0 -> 50.0  (2 points may be lost)" in ran.out
    (lost,) = [line for line in ran.out.splitlines() if line.startswith("lost ")]
    assert lost.split("1 -> ")[1].strip().endswith("'how do I get a refund' (refund; questions.jsonl)")
    assert "nothing published: success@3 would fall by more than 2 points; mend the articles" in ran.out
    assert published_id(data) == published
    assert [path.name for path in (data / SNAPSHOTS).iterdir()] == [published]
    told = json.loads(selfhelp("index", "--format", "json").out)
    assert (told["published"], told["refused"], told["snapshot_id"]) == (False, True, published)
    (fields,) = told["gate"]["lost"]
    assert (fields["question"], fields["before"]) == ("how do I get a refund", 1)
    assert fields["now"] is None or fields["now"] > 3
    ran = selfhelp("index", "--force")
    assert ran.status == 0
    assert "(--force: the gate was closed)" in ran.out
    assert published_id(data) != published
    write(tmp_path / "articles", {"tax.md": "# Taxes\n"})
    assert selfhelp("index").status == 0, "what was forced is what the next one is compared with"


def test_the_table_is_told_when_it_passes(selfhelp: Run, published: str, tmp_path: Path, data: Path) -> None:
    write(tmp_path / "articles", {"receipt.md": "# Receipts\n\nOnce a month.\n"})
    ran = selfhelp("index")
    assert ran.status == 0
    assert "success@3  100.0 -> 100.0  (2 points may be lost)" in ran.out
    assert published_id(data) != published
    gate = json.loads(selfhelp("index", "--full", "--format", "json").out)["gate"]
    assert (gate["open"], gate["asked"], gate["compared"], gate["lost"]) == (True, 2, 2, [])


def test_an_article_taken_out_is_told_and_many_close_the_gate(
    selfhelp: Run, published: str, tmp_path: Path, data: Path
) -> None:
    (tmp_path / "articles/refund.md").unlink()
    ran = selfhelp("index")
    assert ran.status == 1
    assert "orphaned  'how do I get a refund' (refund; questions.jsonl)" in ran.out
    assert "over 10% of the golden questions would lose their article" in ran.out
    moved = (
        "---\ntitle: Get your money back\naliases: [refund]\n---\n\nAsk for a refund and we pay it back.\n"
    )
    write(tmp_path / "articles", {"money.md": moved})
    ran = selfhelp("index")
    assert (ran.status, "orphaned" in ran.out) == (0, False)


def test_how_much_may_be_lost_is_a_setting(
    selfhelp: Run, published: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "articles", RUINED)
    monkeypatch.setenv("SELFHELP_GATE_POINTS", "50")
    assert selfhelp("index").status == 0


def test_a_file_of_questions_that_cannot_be_read_publishes_nothing(
    selfhelp: Run, published: str, tmp_path: Path, data: Path
) -> None:
    write(tmp_path / "articles", {"questions.jsonl": "{", "tax.md": "# Taxes\n"})
    ran = selfhelp("index")
    assert (ran.status, published_id(data)) == (2, published)
    assert "questions.jsonl:1: not valid JSON" in ran.err
