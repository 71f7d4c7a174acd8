"""Snapshots come and go in one step each."""

from __future__ import annotations

from pathlib import Path

import pytest
from centre import paper_snapshot, write

from indexer.publish import KEPT, previous_id, prune, publish, roll_back
from kb.errors import NoSnapshot, SnapshotBroken
from kb.index.manifest import read_json
from kb.index.snapshot import CURRENT, SNAPSHOTS, published_id


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / SNAPSHOTS).mkdir()
    return tmp_path


def publish_one(data: Path, name: str) -> None:
    """A real snapshot whose manifest names the published one as the one before."""
    articles = write(data / "articles", {"a.md": "# Refund\n"})
    made = paper_snapshot(articles, data / SNAPSHOTS / f".making-{name}").folder
    manifest = (made / "manifest.json").read_text()
    before = previous_id(data)
    if before:
        (made / "manifest.json").write_text(manifest.replace('"previous": null', f'"previous": "{before}"'))
    publish(made, data, name)


def kept(data: Path) -> list[str]:
    return sorted(path.name for path in (data / SNAPSHOTS).iterdir())


def test_a_published_snapshot_is_named_and_the_oldest_go(data: Path) -> None:
    for name in "abcde":
        publish_one(data, name)
        assert published_id(data) == name
    assert kept(data) == ["c", "d", "e"]
    assert len(kept(data)) == KEPT


def test_rolling_back_names_the_one_before_step_by_step(data: Path) -> None:
    for name in "abc":
        publish_one(data, name)
    assert roll_back(data) == ("b", "c")
    assert published_id(data) == "b"
    assert roll_back(data) == ("a", "b")
    with pytest.raises(NoSnapshot, match="no snapshot before a is kept"):
        roll_back(data)
    assert published_id(data) == "a"


def test_after_rolling_back_far_and_publishing_the_one_before_is_still_there(data: Path) -> None:
    for name in "abc":
        publish_one(data, name)
    roll_back(data)
    roll_back(data)
    publish_one(data, "d")
    assert roll_back(data) == ("a", "d")


def test_there_is_no_rolling_back_to_a_damaged_snapshot(data: Path) -> None:
    for name in "ab":
        publish_one(data, name)
    (data / SNAPSHOTS / "a" / "articles.json").write_text("[]")
    with pytest.raises(SnapshotBroken, match=r"articles\.json: damaged"):
        roll_back(data)
    assert published_id(data) == "b"


def test_rolling_back_from_a_snapshot_that_lost_a_file_mends_it(data: Path) -> None:
    for name in "ab":
        publish_one(data, name)
    (data / SNAPSHOTS / "b" / "vectors.faiss").unlink()
    assert roll_back(data) == ("a", "b")


def test_nothing_published_cannot_be_rolled_back(data: Path) -> None:
    with pytest.raises(NoSnapshot, match="run `selfhelp index`"):
        roll_back(data)


def test_what_an_interrupted_run_left_is_removed(data: Path) -> None:
    publish_one(data, "a")
    write(data / SNAPSHOTS / ".making-b", {"articles.json": "[]"})
    prune(data)
    assert kept(data) == ["a"]


def test_a_current_that_cannot_be_read_counts_as_none(data: Path) -> None:
    assert previous_id(data) is None
    (data / CURRENT).write_text("../..")
    assert previous_id(data) is None


def test_a_manifest_knows_the_checksum_of_each_file(data: Path) -> None:
    publish_one(data, "a")
    folder = data / SNAPSHOTS / "a"
    files = {path.name for path in folder.iterdir()} - {"manifest.json"}
    assert read_json(folder / "manifest.json")["files"].keys() == files
