"""Index runs from articles to a published snapshot, with the real encoder."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from centre import Quiet, publish, write

import indexer.run
from indexer.plan import Plan
from kb.errors import ArticlesError, KbError
from kb.index.files import replace_text
from kb.index.snapshot import CURRENT, MODELS, SNAPSHOTS, Snapshot, published_id

PICTURE = b"\x89PNG\r\n\x1a\n"
ARTICLES = {
    "refund.md": "---\ntitle: Get a refund\nquestions: [money back]\n---\n\nWe pay within ten days.\n",
    "screen.md": "# The screen is black\n\nTurn it on.\n",
    "heading.md": "# Only a heading\n",
}
HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "scipy", "onnx", "flask", "sqlalchemy")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", ARTICLES)


def snapshot_of(data: Path) -> Snapshot:
    return Snapshot(data / SNAPSHOTS / published_id(data))


def kept(data: Path) -> list[str]:
    return sorted(path.name for path in (data / SNAPSHOTS).iterdir())


def counts(plan: Plan) -> tuple[int, ...]:
    return tuple(map(len, (plan.added, plan.changed, plan.removed, plan.unchanged)))


def test_articles_become_a_snapshot_with_a_passage_for_title_question_and_body(
    articles: Path, data: Path
) -> None:
    outcome = publish(articles, data)
    assert outcome.published
    assert counts(outcome.plan) == (3, 0, 0, 0)
    assert (outcome.articles, outcome.passages, outcome.encoded) == (3, 6, 6)
    snapshot = snapshot_of(data)
    assert snapshot.id == outcome.snapshot_id == snapshot.manifest["id"]
    assert [(entry.slug, entry.passages) for entry in snapshot.articles] == [
        ("heading", (0, 1)),
        ("refund", (1, 4)),
        ("screen", (4, 6)),
    ]
    kinds = [passage.kind for passage in snapshot.passages]
    assert kinds == ["title", "title", "question", "body", "title", "body"]
    assert not any(path.suffix in (".pkl", ".pickle") for path in snapshot.folder.rglob("*"))


def test_an_unchanged_re_index_publishes_nothing(articles: Path, data: Path) -> None:
    before = publish(articles, data)
    again = publish(articles, data)
    assert (again.published, again.snapshot_id, again.encoded) == (False, before.snapshot_id, 0)
    assert counts(again.plan) == (0, 0, 0, 3)
    assert kept(data) == [before.snapshot_id]


def test_an_unchanged_re_index_loads_nothing_slow(articles: Path, data: Path) -> None:
    publish(articles, data)
    ran = subprocess.run(
        [sys.executable, "-c", _PRINTING, "index", str(articles), "--data", str(data)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "nothing changed, still published" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "loaded: []"


_PRINTING = f"""
import sys
from kb.cli import main
try:
    main()
except SystemExit as ended:
    print("loaded:", [name for name in {HEAVY!r} if name in sys.modules])
    raise
"""


def test_only_new_passages_are_encoded(articles: Path, data: Path) -> None:
    publish(articles, data)
    before = _vectors(data)
    write(
        articles, {"refund.md": ARTICLES["refund.md"] + "\n## By card\n\nTwo weeks.\n", "new.md": "# New\n"}
    )
    outcome = publish(articles, data)
    assert counts(outcome.plan) == (1, 1, 0, 2)
    assert (outcome.passages, outcome.encoded) == (8, 2)
    after = _vectors(data)
    assert len(after) == 8
    assert all(np.array_equal(after[digest], vector) for digest, vector in before.items())


def _vectors(data: Path) -> dict[str, Any]:
    snapshot = snapshot_of(data)
    vectors = np.load(snapshot.folder / "vectors.npy")
    return {row.digest: vector for row, vector in zip(snapshot.passages, vectors, strict=True)}


def test_a_removed_article_is_gone(articles: Path, data: Path) -> None:
    publish(articles, data)
    (articles / "screen.md").unlink()
    outcome = publish(articles, data)
    assert outcome.plan.removed == (("en", "screen"),)
    assert outcome.encoded == 0
    assert snapshot_of(data).article("en", "screen") is None


def test_a_moved_article_is_published_without_encoding(articles: Path, data: Path) -> None:
    publish(articles, data)
    (articles / "billing").mkdir()
    (articles / "refund.md").rename(articles / "billing/refund.md")
    outcome = publish(articles, data)
    assert (outcome.published, outcome.encoded) == (True, 0)


def test_what_was_learned_holds_until_enough_has_changed(articles: Path, data: Path) -> None:
    """A twentieth of the passages: of forty articles with two each, four."""
    write(articles, {f"{n}.md": f"# Article {n}\n\nIt is about number {n}.\n" for n in range(40)})
    first, second, third = Quiet(), Quiet(), Quiet()
    publish(articles, data, first)
    assert "learning" in first.stages
    write(articles, {"1.md": "# Article 1\n\nIt is about one.\n"})
    publish(articles, data, second)
    assert "learning" not in second.stages
    assert snapshot_of(data).ranking.stale == 2
    write(articles, {"2.md": "# The second\n\nIt is about two.\n"})
    publish(articles, data, third)
    assert "learning" in third.stages
    assert snapshot_of(data).ranking.stale == 0


def test_pictures_travel_by_hash(articles: Path, data: Path) -> None:
    shown = {"a.md": "# A\n\n![one](one.png)\n", "b.md": "# B\n\n![the same](two.png)\n"}
    write(articles, {**shown, "one.png": PICTURE, "two.png": PICTURE})
    publish(articles, data)
    snapshot = snapshot_of(data)
    (picture,) = (snapshot.folder / "images").iterdir()
    assert picture.read_bytes() == PICTURE
    for slug in "ab":
        article = snapshot.article("en", slug)
        assert article
        assert f"/help/images/{picture.name}" in article.html
    assert snapshot.image(picture.name) == picture


def test_a_changed_picture_is_a_change(articles: Path, data: Path) -> None:
    write(articles, {"a.md": "# A\n\n![one](one.png)\n", "one.png": PICTURE})
    publish(articles, data)
    (articles / "one.png").write_bytes(PICTURE + b"more")
    outcome = publish(articles, data)
    assert outcome.plan.changed == (("en", "a"),)
    (picture,) = (snapshot_of(data).folder / "images").iterdir()
    assert picture.read_bytes() == PICTURE + b"more"


def test_a_damaged_snapshot_is_mended_by_indexing_again(articles: Path, data: Path) -> None:
    broken = publish(articles, data).snapshot_id
    (data / SNAPSHOTS / broken / "words.npz").write_bytes(b"")
    outcome = publish(articles, data)
    assert outcome.published
    assert outcome.snapshot_id != broken
    assert snapshot_of(data).id == outcome.snapshot_id


@pytest.mark.parametrize("named", ["gone\n", "", "../.."])
def test_a_current_that_names_nothing_is_mended_by_indexing_again(
    articles: Path, data: Path, named: str
) -> None:
    publish(articles, data)
    (data / CURRENT).write_text(named)
    assert publish(articles, data).published
    snapshot_of(data)


def test_another_model_has_all_encoded_again(
    articles: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = publish(articles, data)
    changed = replace(outcome.plan, added=(), unchanged=outcome.plan.added)
    other = "another"
    (data / MODELS).rename(data / "linked")
    (data / MODELS).mkdir()
    (data / MODELS / other).symlink_to(data / "linked" / snapshot_of(data).model)
    monkeypatch.setattr(indexer.run, "ensure_model", lambda *_given: other)
    again = publish(articles, data)
    assert (again.published, again.encoded) == (True, again.passages)
    assert counts(again.plan) == counts(changed)
    assert snapshot_of(data).model == other


def test_a_folder_of_drafts_publishes_nothing(tmp_path: Path, data: Path) -> None:
    drafts = write(tmp_path / "drafts", {"a.md": "---\ntitle: A\ndraft: true\n---\n"})
    with pytest.raises(ArticlesError, match="no article in it can be published"):
        publish(drafts, data)
    assert not (data / CURRENT).exists()


def test_a_data_folder_that_is_a_file_is_named(articles: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KbError, match=r"file.*: .*; nothing published"):
        publish(articles, tmp_path / "file")


def test_current_is_replaced_last(articles: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it changes, what it names is already whole."""
    whole: list[str] = []

    def check(path: Path, text: str) -> None:
        whole.append(Snapshot(data / SNAPSHOTS / text.strip()).id)
        replace_text(path, text)

    monkeypatch.setattr("indexer.publish.replace_text", check)
    outcome = publish(articles, data)
    assert whole == [outcome.snapshot_id]
