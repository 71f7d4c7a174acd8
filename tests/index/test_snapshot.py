"""A snapshot is all there and as it was made, or it is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from centre import paper_snapshot, write

from kb.errors import NoSnapshot, SnapshotBroken
from kb.index.files import replace_text
from kb.index.manifest import FORMAT
from kb.index.snapshot import CURRENT, Snapshot, published_id

ARTICLES = {
    "en/money/Refund.md": "---\ntitle: Refund\nurl: https://help.example/r\ntags: [money]\n"
    "aliases: [money-back]\nupdated: 2026-05-01\n---\n\nWe pay it back.\n\n![A form](form.png)\n",
    "en/money/form.png": b"\x89PNG\r\n\x1a\n picture",
    "en/card.md": "# card\n\nIt is plastic.",
    "zh-TW/card.md": "# 卡片\n\n塑膠製的。",
}


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return paper_snapshot(write(tmp_path / "articles", ARTICLES), tmp_path / "snapshot")


def test_an_article_comes_back_as_it_was_written(snapshot: Snapshot) -> None:
    article = snapshot.article("en", "Refund")
    assert article
    assert (article.title, article.url) == ("Refund", "https://help.example/r")
    assert article.updated == date(2026, 5, 1)
    assert (article.path, article.folder, article.tags) == ("en/money/Refund.md", "money", ("money",))
    assert "We pay it back." in article.html
    chinese = snapshot.article("zh-TW", "card")
    assert chinese
    assert chinese.html == "<p>塑膠製的。</p>"
    assert (chinese.url, chinese.updated, chinese.folder) == (None, None, "")


def test_an_old_slug_leads_to_the_new_one_within_its_locale(snapshot: Snapshot) -> None:
    moved = snapshot.article("en", "money-back")
    assert moved
    assert moved.slug == "Refund"
    assert snapshot.article("zh-TW", "money-back") is None
    assert snapshot.article("zh-TW", "Refund") is None
    assert snapshot.article("en", "refund") is None


def test_articles_are_listed_by_title_without_their_text(snapshot: Snapshot) -> None:
    assert [(one.title, one.html) for one in snapshot.listed("en")] == [("card", ""), ("Refund", "")]
    assert snapshot.listed("fr") == []
    assert snapshot.locales == ("en", "zh-TW")


def test_a_picture_is_found_by_the_name_its_article_shows_and_nothing_else_is(snapshot: Snapshot) -> None:
    article = snapshot.article("en", "Refund")
    assert article
    name = article.html.split("/help/images/")[1].split('"')[0]
    picture = snapshot.image(name)
    assert picture
    assert picture.read_bytes() == b"\x89PNG\r\n\x1a\n picture"
    for other in ("form.png", "../manifest.json", "..", "", f"./{name}"):
        assert snapshot.image(other) is None


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def test_a_truncated_file_a_changed_byte_and_a_missing_file_are_refused(snapshot: Snapshot) -> None:
    paths = files(snapshot.folder)
    assert {path.suffix for path in paths} == {".json", ".html", ".npy", ".npz", ".faiss", ".png"}
    for path in paths:
        whole = path.read_bytes()
        changed = bytes([whole[0] ^ 1]) + whole[1:]
        for damaged in (whole[:-1], changed, b"", None):
            path.unlink()
            if damaged is not None:
                path.write_bytes(damaged)
            with pytest.raises(SnapshotBroken, match="run `selfhelp index`") as broken:
                Snapshot(snapshot.folder)
            assert path.name in str(broken.value)
            path.write_bytes(whole)
    Snapshot(snapshot.folder)


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", "3", "null", "{}", f'{{"format": {FORMAT}}}', f'{{"format": {FORMAT}, "files": 1}}',
     f'{{"format": {FORMAT}, "files": {{}}, "id": "snapshot"}}'],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(snapshot: Snapshot, manifest: str) -> None:
    (snapshot.folder / "manifest.json").write_text(manifest)
    with pytest.raises(SnapshotBroken, match="run `selfhelp index`"):
        Snapshot(snapshot.folder)


def test_a_snapshot_of_another_format_says_which_this_program_reads(snapshot: Snapshot) -> None:
    manifest = snapshot.manifest | {"format": FORMAT + 1}
    (snapshot.folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(SnapshotBroken, match=rf"format {FORMAT + 1}, this program reads {FORMAT}"):
        Snapshot(snapshot.folder)


def test_nothing_published_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot, match=r"nothing published in .* yet: run `selfhelp index`"):
        published_id(tmp_path)


@pytest.mark.parametrize("named", ["", "\n", "../elsewhere", ".making-x", "/etc"])
def test_a_current_that_names_no_snapshot_is_refused(tmp_path: Path, named: str) -> None:
    (tmp_path / CURRENT).write_text(named)
    with pytest.raises(SnapshotBroken, match="does not name a snapshot; run `selfhelp index`"):
        published_id(tmp_path)


def test_a_current_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / CURRENT).mkdir()
    with pytest.raises(SnapshotBroken, match="CURRENT"):
        published_id(tmp_path)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_text(tmp_path / CURRENT, "old\n")

    def crash(_self: Path, _target: Path) -> Path:
        raise OSError("the machine stopped")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", crash)
        with pytest.raises(OSError, match="stopped"):
            replace_text(tmp_path / CURRENT, "new\n")
    assert published_id(tmp_path) == "old"
    replace_text(tmp_path / CURRENT, "new\n")
    assert published_id(tmp_path) == "new"
