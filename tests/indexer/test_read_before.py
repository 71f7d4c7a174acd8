"""A folder read with what is known from last time comes to what reading all of it comes to."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import pytest
from centre import write

import kb.content.reading
from indexer.folder import read_articles
from indexer.kept import STEP
from indexer.read_before import FILE, ReadBefore
from kb.content.reading import parse_article

PNG = b"\x89PNG\r\n\x1a\n"
# Bodies that depend on other files in every way there is.
BODIES = (
    "It is about {name}.", "[there](a.md)", "[there](b.md#part)", "## Part\n\nMore.", "![it](one.png)",
    "[away](../de/c.md)", "[there](nowhere.md)", "[here](#part)\n\n## Part",
)  # fmt: skip
NAMES = ("en/a.md", "en/b.md", "en/sub/c.md", "de/a.md", "de/c.md")


def told(folder: Path, before: ReadBefore | None) -> tuple[object, ...]:
    found = read_articles(folder, "en", None, before)
    passages = [found.articles.passages_of(article) for article in found.articles]
    lines = [str(error) for error in found.errors]
    return tuple(found.articles), found.articles.digests, passages, tuple(found.drafts), lines, found.warnings


def change(folder: Path, chance: random.Random) -> None:
    """One of the changes that a writer makes."""
    path = chance.choice(NAMES)
    kind = chance.randrange(8)
    if kind == 0:
        (folder / path).unlink(missing_ok=True)
    elif kind == 1 and (folder / path).exists():
        (folder / path).rename(folder / chance.choice(NAMES))
    elif kind == 2:
        write(folder, {"en/one.png": PNG + bytes([chance.randrange(3)])})
    elif kind == 3:
        (folder / "en/one.png").unlink(missing_ok=True)
    elif kind == 4:
        write(
            folder,
            {path: chance.choice(("", "---\ntitle: a: b\n---\n", "---\ntitle: A\ndraft: true\n---\n"))},
        )
    else:
        aliases = chance.choice(("", "aliases: [old]\n"))
        body = "\n\n".join(chance.sample(BODIES, 3)).format(name=path)
        write(folder, {path: f"---\ntitle: {path} {chance.randrange(3)}\n{aliases}---\n\n{body}\n"})


@pytest.mark.parametrize("seed", range(4))
def test_after_any_changes_it_is_as_if_all_were_read_anew(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    folder, data = tmp_path / "articles", tmp_path / "data"
    data.mkdir()
    write(folder, {name: f"# {name}\n" for name in (*NAMES, "en/always.md")})
    for _ in range(25):
        for _ in range(chance.randrange(1, 4)):
            change(folder, chance)
        assert told(folder, ReadBefore(data)) == told(folder, None)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the files that are parsed."""
    paths: list[str] = []

    def parse(content: bytes, path: str, locale: str) -> object:
        paths.append(path)
        return parse_article(content, path, locale)

    monkeypatch.setattr(kb.content.reading, "parse_article", parse)
    return paths


def test_only_what_has_changed_is_parsed(tmp_path: Path, parsed: list[str]) -> None:
    folder = write(tmp_path / "articles", {"a.md": "# A\n", "b.md": "# B\n\n[a](a.md)\n", "c.md": "# C\n"})
    read_articles(folder, "en", None, ReadBefore(tmp_path))
    assert parsed == ["a.md", "b.md", "c.md"]
    parsed.clear()
    read_articles(folder, "en", None, ReadBefore(tmp_path))
    assert parsed == []
    write(folder, {"c.md": "# See\n"})
    read_articles(folder, "en", None, ReadBefore(tmp_path))
    assert parsed == ["c.md"]
    parsed.clear()
    write(folder, {"a.md": "# A\n\n## With a heading that a link may lead to\n"})
    read_articles(folder, "en", None, ReadBefore(tmp_path))
    assert parsed == ["a.md", "b.md"]


def test_a_file_written_twice_within_a_moment_is_read_again(tmp_path: Path) -> None:
    """Same size, and put back to the same time: only its content tells."""
    folder = write(tmp_path / "articles", {"a.md": "# One\n"})
    stamp = (folder / "a.md").stat()
    read_articles(folder, "en", None, ReadBefore(tmp_path))
    write(folder, {"a.md": "# Two\n"})
    os.utime(folder / "a.md", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    (article,) = read_articles(folder, "en", None, ReadBefore(tmp_path)).articles
    assert article.title == "Two"


def test_a_file_is_trusted_once_it_has_rested(tmp_path: Path) -> None:
    folder = write(tmp_path / "articles", {"a.md": "# One\n"})
    read_articles(folder, "en", None, ReadBefore(tmp_path))
    (kept,) = ReadBefore(tmp_path).rows.values()
    assert not kept.trusted(kept.stamp)
    kept.read_at += 2 * STEP
    assert kept.trusted(kept.stamp)


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0 but not really", b"x" * 5000])
def test_a_damaged_cache_is_done_without_and_made_again(tmp_path: Path, damage: bytes) -> None:
    folder = write(tmp_path / "articles", {"a.md": "# A\n"})
    read_articles(folder, "en", None, ReadBefore(tmp_path))
    (tmp_path / FILE).write_bytes(damage)
    for _ in range(2):
        assert len(read_articles(folder, "en", None, ReadBefore(tmp_path)).articles) == 1
    assert list(ReadBefore(tmp_path).rows) == ["a.md"]


def test_rows_of_another_version_are_not_believed(tmp_path: Path) -> None:
    folder = write(tmp_path / "articles", {"a.md": "# A\n"})
    read_articles(folder, "en", None, ReadBefore(tmp_path))
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("update about set program = 'another'")
    connection.close()
    assert ReadBefore(tmp_path).rows == {}
    assert len(read_articles(folder, "en", None, ReadBefore(tmp_path)).articles) == 1
    assert list(ReadBefore(tmp_path).rows) == ["a.md"]
