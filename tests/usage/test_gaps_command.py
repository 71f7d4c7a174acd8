from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from click import echo
from filelock import FileLock
from unhelped import ask

from kb.store.gaps import GapRow, keep_gaps, read_gaps
from kb.store.store import Store, database_url
from kb.store.tables import gaps
from kb.usage import refresh_lock

Run = Callable[..., Any]
NOW = datetime.now(UTC)
GAP = GapRow(
    gap_id=1,
    label="=cmd|'/c calc'!A0 money back",
    kind="missing",
    opened_at=NOW,
    first_seen=NOW,
    last_seen=NOW,
    persons=2,
    questions=3,
    score=1.5,
    diagnosis={"article": ["en", "refund"], "why": "nothing near", "basis": {}},
)


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    store = Store.open(database_url(data, ""))
    far = GapRow(**{name: getattr(GAP, name) for name in GAP.__slots__} | {"gap_id": 2, "off_topic": True})
    old = GapRow(**{name: getattr(GAP, name) for name in GAP.__slots__} | {"gap_id": 3, "merged_into": 1})
    keep_gaps(store, [GAP, far, old], {}, newest=0)
    yield store
    store.close()


def test_the_list_says_what_to_write_and_what_is_hidden(store: Store, selfhelp: Run) -> None:
    out = selfhelp("gaps").out
    assert "money back" in out
    assert "0 single questions hidden; 1 groups off topic" in out
    assert len(json.loads(selfhelp("gaps", "--format", "json").out)["gaps"]) == 1
    assert selfhelp("gaps", "--format", "md").out.startswith("| gap | people |")
    assert json.loads(selfhelp("gaps", "--off-topic", "--format", "json").out)["gaps"][0]["gap"] == 2


@pytest.mark.parametrize(
    "words",
    [
        ["gaps"],
        ["gaps", "--format", "md"],
        ["gaps", "--format", "csv"],
        ["gaps", "--format", "json"],
        ["gaps", "show", "1"],
        ["gaps", "show", "1", "--json"],
        ["gaps", "dismiss", "1"],
        ["digest"],
    ],
    ids=" ".join,
)
def test_a_terminal_obeys_nothing_that_a_customer_typed(
    store: Store, selfhelp: Run, words: list[str]
) -> None:
    label = "money \x1b]0;owned\x07\x9b2J back"
    with store.writing() as connection:
        connection.execute(
            gaps.update().values(label=label, replay={"asked": 1, "answered": 0, "failing": [label]})
        )
    out = selfhelp(*words).out
    assert "owned" in out
    assert not set(out) & set("\x1b\x07\x9b")


def test_no_cell_of_the_csv_is_a_formula(store: Store, selfhelp: Run) -> None:
    (row,) = csv.DictReader(io.StringIO(selfhelp("gaps", "--format", "csv").out))
    assert row["question"] == "'" + GAP.label
    assert (row["gap"], row["article"], row["why"]) == ("1", "en/refund", "nothing near")


def test_a_gap_is_shown_under_the_number_it_had_before_it_was_merged(store: Store, selfhelp: Run) -> None:
    assert "gap 1 (gap 3 has become part of it)" in selfhelp("gaps", "show", "3").out
    assert json.loads(selfhelp("gaps", "show", "1", "--json").out)["gap"] == 1


@pytest.mark.parametrize("kind", ["missing", "unfindable", "unhelpful", "untranslated"])
def test_the_nearest_article_of_a_gap_is_shown_with_its_confidence(
    data: Path, selfhelp: Run, kind: str
) -> None:
    found = {"article": ["en", "refund"], "confidence": 0.316}
    store = Store.open(database_url(data, ""))
    keep_gaps(store, [replace(GAP, kind=kind, diagnosis=found)], {}, newest=0)
    store.close()
    out = selfhelp("gaps", "show", "1").out
    assert "nearest article: en/refund, confidence 0.32 on average" in out


def test_a_gap_that_is_not_there_is_said_so(store: Store, selfhelp: Run) -> None:
    ran = selfhelp("gaps", "show", "99")
    assert (ran.status, ran.err) == (2, "selfhelp: there is no gap 99: `selfhelp gaps` lists all\n")


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("show", "--json"),
        ("dismiss",),
        ("reopen",),
        ("decide", "drafting"),
        ("draft",),
        ("try", "a.md"),
    ],
    ids=" ".join,
)
def test_what_one_person_alone_asked_is_as_if_it_were_not_there(
    store: Store, selfhelp: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    keep_gaps(store, [replace(GAP, gap_id=4, persons=1, label="Ann's own words")], {}, newest=3)
    (tmp_path / "articles").mkdir()
    (tmp_path / "a.md").write_text("# A", encoding="utf-8")
    command, *more = words
    ran = selfhelp("gaps", command, "4", *more)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "selfhelp: there is no gap 4: `selfhelp gaps` lists all\n"
    assert {row.status for row in read_gaps(store)} == {"open"}


def test_where_single_questions_are_shown_their_gaps_are(
    store: Store, selfhelp: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_gaps(store, [replace(GAP, gap_id=4, persons=1, label="Ann's own words")], {}, newest=3)
    monkeypatch.setenv("SELFHELP_SHOW_SINGLE_QUESTIONS", "true")
    assert "Ann's own words" in selfhelp("gaps", "show", "4").out


def test_a_decision_is_kept_with_who_decided(store: Store, selfhelp: Run) -> None:
    selfhelp("gaps", "dismiss", "1", "--note", "not ours")
    assert read_gaps(store)[0].status == "dismissed"
    assert "dismissed by" in selfhelp("gaps", "show", "1").out
    assert "money back" in selfhelp("gaps", "--decided").out
    selfhelp("gaps", "reopen", "1")
    selfhelp("gaps", "decide", "1", "drafting")
    assert read_gaps(store)[0].status == "drafting"
    assert selfhelp("gaps", "decide", "1", "verified").status == 2


def test_refreshing_needs_a_snapshot_and_says_so(store: Store, selfhelp: Run) -> None:
    ran = selfhelp("gaps", "--refresh")
    assert ran.status == 2
    assert "selfhelp index" in ran.err


def test_refresh_finds_gaps_in_what_was_asked(
    help_centre: Path, selfhelp: Run, tmp_path: Path, data: Path
) -> None:
    for name in ("CURRENT", "snapshots"):
        (data / name).symlink_to(help_centre / name)
    store = Store.open(database_url(data, ""))
    for person in ("ann", "ben"):
        ask(store, person, f"invoice with VAT number, {person}", at=NOW - timedelta(days=1))
    store.close()
    assert "invoice with VAT number" in selfhelp("gaps", "--refresh").out


def test_a_refresh_waits_for_what_deletes_and_says_so(
    help_centre: Path, selfhelp: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CURRENT", "snapshots"):
        (data / name).symlink_to(help_centre / name)
    Store.open(database_url(data, "")).close()
    monkeypatch.setattr(refresh_lock, "PATIENCE", 0)
    taken, told = Event(), Event()

    def delete() -> None:
        with FileLock(data / refresh_lock.LOCK):
            taken.set()
            told.wait(5)

    monkeypatch.setattr(
        "kb.usage.refresh_lock.click.echo", lambda *words, **how: (echo(*words, **how), told.set())
    )
    deleting = Thread(target=delete)
    deleting.start()
    assert taken.wait(30)
    ran = selfhelp("gaps", "--refresh")
    deleting.join()
    assert (ran.status, ran.err.startswith("waiting until another process")) == (0, True)


def test_a_file_of_questions_is_grouped_with_nothing_published(
    selfhelp: Run, tmp_path: Path, data: Path
) -> None:
    texts = ["money back please", "I want my money back", "", "the printer is broken", "money  back, please!"]
    lines = [json.dumps({"question": text}) if text else "" for text in texts]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (data / "grouping").mkdir()
    (data / "grouping" / "models").symlink_to((data / "models").resolve())
    found = json.loads(selfhelp("gaps", "group", "q.jsonl", "--json").out)
    assert [(line["line"], line["group"]) for line in found["lines"]] == [(1, 1), (2, 1), (4, 2), (5, 1)]
    assert [(group["group"], group["questions"]) for group in found["groups"]] == [(1, 3), (2, 1)]
    assert found["groups"][0]["label"] in texts
    assert "4 questions, 1 groups, 1 asked by nobody else" in selfhelp("gaps", "group", "q.jsonl").out


def test_a_line_that_is_no_question_is_named(selfhelp: Run, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"question": "a"}\n\n["b"]\n', encoding="utf-8")
    ran = selfhelp("gaps", "group", "q.jsonl")
    assert (ran.status, ran.err) == (2, 'selfhelp: q.jsonl:3: needs {"question": "…"}\n')
    (tmp_path / "q.jsonl").write_text("", encoding="utf-8")
    assert json.loads(selfhelp("gaps", "group", "q.jsonl", "--json").out) == {"lines": [], "groups": []}
