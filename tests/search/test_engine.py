"""The engine serves what is published, and the next snapshot as soon as there is one."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from pathlib import Path

import pytest
from centre import publish, write

from indexer.publish import roll_back
from kb.errors import ModelMismatch, NoSnapshot, SnapshotBroken
from kb.index.snapshot import CURRENT, MODELS, SNAPSHOTS
from kb.search.engine import Engine
from kb.search.query import Query

ARTICLES = {
    "refund.md": "---\ntitle: Get a refund\naliases: [money-back]\n---\n\nWe pay within ten days.\n",
    "screen.md": "# The screen is black\n\nTurn it on.\n",
}


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", ARTICLES)


def engine_of(data: Path) -> Engine:
    engine = Engine(data, floor=0)
    engine.load()
    return engine


def titles(engine: Engine) -> list[str]:
    return [suggestion.title for suggestion in engine.suggest(Query(text="refund")).suggestions]


def test_before_anything_is_published_it_says_what_to_run(data: Path) -> None:
    engine = Engine(data, floor=0.3)
    assert (engine.ready, engine.snapshot_id) == (False, None)
    for ask in (
        engine.load,
        engine.refresh,
        engine.locales,
        lambda: engine.suggest(Query(text="refund")),
        lambda: engine.article("en", "refund"),
    ):
        with pytest.raises(NoSnapshot, match="run `selfhelp index`"):
            ask()


def test_what_is_published_is_served(articles: Path, data: Path) -> None:
    published = publish(articles, data)
    engine = engine_of(data)
    assert engine.ready
    assert engine.snapshot_id == published.snapshot_id
    assert titles(engine)[0] == "Get a refund"
    assert engine.locales() == ("en",)
    assert [article.slug for article in engine.articles("en")] == ["refund", "screen"]
    moved = engine.article("en", "money-back")
    assert moved
    assert moved.slug == "refund"
    assert engine.image("none.png") is None


def test_the_next_snapshot_is_taken_up_and_so_is_one_rolled_back_to(articles: Path, data: Path) -> None:
    publish(articles, data)
    engine = engine_of(data)
    assert not engine.refresh()
    write(articles, {"refund.md": "# Money back\n\nRefund.\n"})
    publish(articles, data)
    assert titles(engine)[0] == "Get a refund"
    assert engine.refresh()
    assert titles(engine)[0] == "Money back"
    roll_back(data)
    assert engine.refresh()
    assert titles(engine)[0] == "Get a refund"


def test_a_replaced_snapshot_is_freed_without_garbage_collection(articles: Path, data: Path) -> None:
    """A server has frozen it: nothing circular in it would ever be freed."""
    publish(articles, data)
    engine = engine_of(data)
    titles(engine)
    searcher = engine.searcher()
    replaced = [weakref.ref(one) for one in (searcher, searcher.snapshot, searcher.snapshot.index.words)]
    del searcher
    gc.disable()
    try:
        engine.load()
        assert [ref() for ref in replaced] == [None] * 3
    finally:
        gc.enable()


def test_a_broken_next_snapshot_leaves_the_old_one_served(articles: Path, data: Path) -> None:
    before = publish(articles, data).snapshot_id
    engine = engine_of(data)
    write(articles, {"refund.md": "# Money back\n"})
    broken = data / SNAPSHOTS / publish(articles, data).snapshot_id
    (broken / "vectors.faiss").write_bytes(b"")
    with pytest.raises(SnapshotBroken, match=r"vectors\.faiss"):
        engine.refresh()
    assert engine.snapshot_id == before
    assert titles(engine)[0] == "Get a refund"
    (data / CURRENT).write_text("gone\n")
    with pytest.raises(SnapshotBroken, match="gone"):
        engine.refresh()
    assert engine.ready


def test_a_snapshot_without_its_model_is_refused(articles: Path, data: Path) -> None:
    publish(articles, data)
    (data / MODELS).unlink()
    (data / MODELS).mkdir()
    with pytest.raises(ModelMismatch, match="model is missing; run `selfhelp index`"):
        Engine(data, floor=0).load()


def test_a_data_folder_serves_wherever_it_is_copied(articles: Path, data: Path, tmp_path: Path) -> None:
    publish(articles, data)
    copied = shutil.copytree(data, tmp_path / "elsewhere/data")
    shutil.rmtree(data / SNAPSHOTS)
    shutil.rmtree(articles)
    assert titles(engine_of(copied))[0] == "Get a refund"


def test_while_snapshots_change_every_request_is_answered_whole_by_one(articles: Path, data: Path) -> None:
    """The title and the text of an article are always of one snapshot."""
    write(articles, {"refund.md": "# Refund one\n\nText one.\n"})
    publish(articles, data)
    write(articles, {"refund.md": "# Refund two\n\nText two.\n"})
    publish(articles, data)
    engine = engine_of(data)
    stopping = threading.Event()
    mixed: list[tuple[str, str]] = []

    def ask() -> None:
        while not stopping.is_set():
            first = engine.suggest(Query(text="refund")).suggestions[0]
            if first.title.split()[-1] not in first.excerpt:
                mixed.append((first.title, first.excerpt))

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    names = sorted(path.name for path in (data / SNAPSHOTS).iterdir())
    for turn in range(10):
        (data / CURRENT).write_text(names[turn % 2])
        engine.refresh()
    stopping.set()
    for thread in asking:
        thread.join()
    assert mixed == []
