"""Other names of things, from the admin's file to the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from centre import write

from kb.index.snapshot import SNAPSHOTS, Snapshot, published_id
from kb.search.engine import Engine
from kb.search.query import Answer, Query

Run = Callable[..., Any]
ARTICLES = {
    "en/session.md": "# Start a Remote Session\n\nOpen the console. A Remote Session needs a code.\n",
    "en/invoice.md": "# Download an invoice\n\nOpen the billing page.\n",
    "en/screen.md": "# The screen is dark\n\nTurn it on.\n",
    "de/screen.md": "# Der Bildschirm ist dunkel\n\nSchalte ihn ein.\n",
}
SYNONYMS = "Remote Session: [zorblax, blue handshake]\nde:\n  Bildschirm: [Flimmerkiste]\n"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", ARTICLES)


def ask(data: Path, text: str, locale: str = "en") -> Answer:
    engine = Engine(data, floor=0.0)
    engine.load()
    return engine.suggest(Query(text=text, locale=locale, min_confidence=0))


@pytest.mark.parametrize("typed", ["zorblax", "zorb", "my Zorblax is broken", "blue handshake", "blue hand"])
def test_a_nickname_finds_the_article_as_far_as_it_is_typed(
    selfhelp: Run, articles: Path, data: Path, typed: str
) -> None:
    write(articles, {"synonyms.yaml": SYNONYMS})
    assert selfhelp("index", articles).status == 0
    assert ask(data, typed).suggestions[0].slug == "session"


def test_a_change_of_the_synonyms_alone_is_published_without_encoding(
    selfhelp: Run, articles: Path, data: Path
) -> None:
    selfhelp("index", articles)
    write(articles, {"synonyms.yaml": SYNONYMS})
    made = json.loads(selfhelp("index", articles, "--format", "json").out)
    assert (made["published"], made["encoded"], made["changed"], made["unchanged"]) == (True, 0, 0, 4)
    assert not json.loads(selfhelp("index", articles, "--format", "json").out)["published"]
    assert ask(data, "Flimmerkiste", "de").suggestions[0].slug == "screen"


def test_a_mistake_in_the_synonyms_is_named_and_the_published_ones_stay(
    selfhelp: Run, articles: Path, data: Path
) -> None:
    write(articles, {"synonyms.yaml": SYNONYMS})
    selfhelp("index", articles)
    write(articles, {"synonyms.yaml": SYNONYMS + "alone: []\n", "en/new.md": "# New\n\nText.\n"})
    ran = selfhelp("index", articles)
    assert ran.status == 1
    assert "synonyms.yaml:4: one name alone" in ran.err
    snapshot = Snapshot(data / SNAPSHOTS / published_id(data))
    assert len(snapshot.articles) == 5
    assert len(snapshot.index.synonyms.groups) == 2


def test_the_articles_own_words_are_marked_for_a_nickname(selfhelp: Run, articles: Path, data: Path) -> None:
    write(articles, {"synonyms.yaml": SYNONYMS})
    selfhelp("index", articles)
    first = ask(data, "zorblax code").suggestions[0]
    marked = {first.excerpt[start:end] for start, end in first.highlights}
    assert {"Remote", "Session", "code"} <= marked


def test_explaining_says_what_the_synonyms_did(selfhelp: Run, articles: Path) -> None:
    write(articles, {"synonyms.yaml": SYNONYMS})
    selfhelp("index", articles)
    said = selfhelp("search", "my zorblax", "--all", "--explain").out
    assert "meaning  asked as: my Remote Session" in said
    assert "words    the same here: Remote Session, zorblax, blue handshake" in said
