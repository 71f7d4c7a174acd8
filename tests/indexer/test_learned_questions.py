"""Questions on their way from the database, or a file, into a snapshot."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from centre import content, write

from indexer.content import with_learned
from indexer.learned import LearnedQuestions
from kb.content.question_files import SolvedQuestion
from kb.index.snapshot import SNAPSHOTS, Snapshot, published_id
from kb.index.topic_encoder import TopicEncoder
from kb.search.engine import Engine
from kb.search.query import Query
from kb.store.learned import ACTIVE, REVOKED, decide_learned, read_learned
from kb.store.store import Store, database_url
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage.learned import Floats, nearness
from kb.usage.settling import settle

NOW = datetime.now(UTC) - timedelta(days=1)
REFUND = ("en", "refund")
Run = Callable[..., Any]
ARTICLES = {
    "en/refund.md": "---\ntitle: Get a refund\nquestions: [Money back]\naliases: [old-refund]\n---\n\n"
    "We pay.\n",
    "en/screen.md": "# The screen is dark\n\nTurn it on.\n",
    "de/refund.md": "# Refund auf Deutsch\n\nWir zahlen.\n",
}


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", ARTICLES)


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    store = Store.open(database_url(data, ""))
    yield store
    store.close()


def happened(store: Store, person: str, text: str, kind: str = "solved", slug: str = "refund") -> None:
    visit = Visit(session_id=person, at=NOW, person=person)
    asked = Asked(
        query_id=f"{person}-{text}-{kind}",
        visit=visit,
        text=text,
        snapshot_id="snap",
        answered=True,
        confidence=0.5,
        held_out=False,
        suggestions=((slug, "en", 0.5),),
        took_ms=1,
    )
    keep_asked(store, [asked])
    at = NOW + timedelta(minutes=1 if kind == "submitted" else 0)
    keep_events(store, visit, [Event(query_id=asked.query_id, type=kind, at=at, slug=slug)])


def learn(
    store: Store, articles: Path, *taken: SolvedQuestion, limit: int = 40
) -> dict[tuple[str, str], list[str]]:
    settle(store, datetime.now(UTC))
    ledger = LearnedQuestions(store=store, limit=limit, locale="en", taken=taken)
    return ledger.learn(content(articles), TopicEncoder())


def line(text: str, article: str = "refund", locale: str | None = None) -> SolvedQuestion:
    return SolvedQuestion(text=text, article=article, locale=locale)


def test_what_two_people_asked_and_were_helped_with_is_learned(store: Store, articles: Path) -> None:
    happened(store, "ann", "refund for a broken lamp")
    assert learn(store, articles) == {}
    happened(store, "ben", "can I have a refund")
    assert learn(store, articles) == {REFUND: ["can I have a refund", "refund for a broken lamp"]}


def test_an_article_and_its_translations_are_one_title_to_compare_with(
    store: Store, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their titles are alike: taken for two articles, hardly any two questions would be as near."""
    compared: list[int] = []

    def counted(names: Floats) -> float:
        compared.append(len(names))
        return nearness(names)

    monkeypatch.setattr("indexer.learned.nearness", counted)
    happened(store, "ann", "refund for a broken lamp")
    learn(store, articles)
    assert compared == [2]


def test_an_old_address_of_an_article_is_the_article(store: Store, articles: Path) -> None:
    happened(store, "ann", "refund a", slug="old-refund")
    happened(store, "ben", "refund b")
    assert set(learn(store, articles)[REFUND]) == {"refund a", "refund b"}


def test_a_ticket_afterwards_unlearns_it(store: Store, articles: Path) -> None:
    happened(store, "ann", "refund a")
    happened(store, "ben", "refund b")
    assert learn(store, articles)
    happened(store, "ben", "refund b", "submitted")
    assert learn(store, articles) == {}
    assert read_learned(store) == []


def test_what_leads_to_tickets_is_dropped_and_comes_back_when_it_helps(store: Store, articles: Path) -> None:
    for person in ("ann", "ben"):
        happened(store, person, "refund")
    for person in ("cleo", "dan", "eve"):
        happened(store, person, "where is my refund", "submitted")
    assert learn(store, articles) == {}
    assert [(row.status, row.decided_by) for row in read_learned(store)] == [(REVOKED, "tickets")]
    for person in ("finn", "gil"):
        happened(store, person, "refund")
    assert learn(store, articles) == {REFUND: ["refund"]}


def test_what_a_person_revoked_or_restored_stays_so(store: Store, articles: Path) -> None:
    for person in ("ann", "ben"):
        happened(store, person, "refund")
    learn(store, articles)
    (row,) = read_learned(store)
    decide_learned(store, [row.learned_id], REVOKED, "anna", NOW)
    assert learn(store, articles) == {}
    decide_learned(store, [row.learned_id], ACTIVE, "anna", NOW)
    for person in ("cleo", "dan", "eve"):
        happened(store, person, "where is my refund", "submitted")
    assert learn(store, articles) == {REFUND: ["refund"]}


def test_lines_of_a_file_count_as_agreed_and_are_kept_redacted(store: Store, articles: Path) -> None:
    taken = [line("refund to ann@example.com"), line("refund", "old-refund", "de"), line("x", "nothing")]
    found = learn(store, articles, *taken)
    assert found == {REFUND: ["refund to [email]"]}
    assert learn(store, articles) == found


def test_a_line_without_a_locale_is_about_the_default_one_or_the_only_one(
    store: Store, articles: Path
) -> None:
    found = learn(store, articles, line("a"), line("b", locale="de"), line("c", "screen"))
    assert found == {("en", "refund"): ["a"], ("de", "refund"): ["b"], ("en", "screen"): ["c"]}


def test_an_article_learns_no_more_than_its_share(store: Store, articles: Path) -> None:
    lines = [line("refund"), line("refund again"), line("card"), line("refund now")]
    assert learn(store, articles, *lines, limit=2) == {REFUND: ["card", "refund"]}
    assert learn(store, articles, limit=0) == {REFUND: []}


def test_what_the_writer_has_taken_up_is_not_learned_twice(articles: Path) -> None:
    made = with_learned(content(articles), {REFUND: ["money BACK", "my cash"]})
    learned = [passage.text for passage in made.flat if passage.kind == "learned"]
    assert learned == ["my cash"]


def test_a_file_of_solved_questions_is_learned_kept_and_never_shown(
    selfhelp: Run, articles: Path, data: Path, tmp_path: Path
) -> None:
    phrase = "the zebra ate my invoice"
    solved = tmp_path / "solved.jsonl"
    solved.write_text(json.dumps({"question": phrase, "article": "refund"}) + "\n")
    first = selfhelp("index", articles, "--learn", solved, "--format", "json")
    assert json.loads(first.out)["learned"] == 1
    again = json.loads(selfhelp("index", articles, "--format", "json").out)
    assert (again["published"], again["learned"], again["encoded"]) == (False, 1, 0)
    engine = Engine(data, floor=0.0)
    engine.load()
    typed = "who ate my invoice"
    answer = engine.suggest(Query(text=typed, locale="en", min_confidence=0))
    assert answer.suggestions[0].slug == "refund"
    assert "zebra" not in repr(answer)
    shown = selfhelp("search", typed, "--all", "--explain", "--json").out
    assert "zebra" not in shown


def test_a_revoked_question_leaves_the_next_snapshot(
    selfhelp: Run, articles: Path, data: Path, tmp_path: Path
) -> None:
    solved = tmp_path / "solved.jsonl"
    solved.write_text(
        '{"question": "zebra", "article": "refund"}\n{"question": "yak", "article": "refund"}\n'
    )
    selfhelp("index", articles, "--learn", solved)
    rows = {row["question"]: row for row in json.loads(selfhelp("learned", "--json").out)}
    assert selfhelp("learned", "--revoke", rows["zebra"]["id"]).status == 0
    after = json.loads(selfhelp("index", articles, "--format", "json").out)
    assert (after["published"], after["learned"], after["encoded"], after["changed"]) == (True, 1, 0, 0)
    assert "zebra" not in {row.text for row in Snapshot(data / SNAPSHOTS / published_id(data)).passages}


def test_a_promoted_question_is_written_into_its_article(
    selfhelp: Run, articles: Path, data: Path, tmp_path: Path
) -> None:
    solved = tmp_path / "solved.jsonl"
    solved.write_text('{"question": "Where\'s my \\"cash\\"?", "article": "refund"}\n')
    selfhelp("index", articles, "--learn", solved)
    (row,) = json.loads(selfhelp("learned", "--json").out)
    assert selfhelp("learned", "--promote", row["id"], "--articles", articles).status == 0
    made = json.loads(selfhelp("index", articles, "--format", "json").out)
    assert (made["learned"], made["changed"]) == (0, 1)
    (article,) = (a for a in content(articles).articles if (a.locale, a.slug) == REFUND)
    assert article.questions == ("Money back", 'Where\'s my "cash"?')


def test_promoting_keeps_the_line_ends_of_the_article(selfhelp: Run, articles: Path, tmp_path: Path) -> None:
    """Those of old Macs too, which are nothing but CR."""
    file = next(articles.rglob("refund.md"))
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r"))
    solved = tmp_path / "solved.jsonl"
    solved.write_text('{"question": "Where is my cash?", "article": "refund"}\n')
    selfhelp("index", articles, "--learn", solved)
    (row,) = json.loads(selfhelp("learned", "--json").out)
    assert selfhelp("learned", "--promote", row["id"], "--articles", articles).status == 0
    assert b"\n" not in file.read_bytes()
    (article,) = (a for a in content(articles).articles if (a.locale, a.slug) == REFUND)
    assert article.questions == ("Money back", "Where is my cash?")


def test_an_id_that_is_not_there_and_a_wrong_line_are_told(
    selfhelp: Run, articles: Path, tmp_path: Path
) -> None:
    solved = tmp_path / "solved.jsonl"
    solved.write_text('{"question": "a", "article": "refund"}\n{"question": "a"}\n')
    assert f"{solved}:2: `article` has to be" in selfhelp("index", articles, "--learn", solved).err
    assert selfhelp("learned", "--revoke", "nothing").status == 2
    solved.write_text('{"question": "a", "article": "gone"}\n')
    assert "no such article: gone" in selfhelp("index", articles, "--learn", solved).err


def test_without_a_database_none_is_made_and_sqlalchemy_is_not_imported(articles: Path, data: Path) -> None:
    code = (
        "import sys; from kb.cli import main\n"
        f"sys.argv = ['selfhelp', 'index', {str(articles)!r}, '--data', {str(data)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
    assert not (data / "selfhelp.sqlite3").exists()
