"""A folder of articles is read whole, and what is wrong in it is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.folder import read_articles
from indexer.found import ArticlesFolder
from kb.content.locales import locale_of
from kb.errors import ArticlesError

Folder = Callable[..., ArticlesFolder]


@pytest.fixture
def reading(tmp_path: Path) -> Folder:
    """Writes files, named by keyword or in a dictionary, and reads the folder."""

    def read(files: dict[str, str]) -> ArticlesFolder:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        return read_articles(tmp_path, "en")

    return read


def slugs(folder: ArticlesFolder) -> list[tuple[str, str]]:
    return [(article.locale, article.slug) for article in folder.articles]


def test_folders_named_after_locales_are_locales(reading: Folder) -> None:
    found = reading({"zh_TW/a.md": "# a", "en/x/a.md": "# a", "pt-br/a.md": "# a", "eo/a.markdown": "# a"})
    assert slugs(found) == [("en", "a"), ("eo", "a"), ("pt-BR", "a"), ("zh-TW", "a")]


def test_one_folder_that_is_no_locale_makes_all_one_locale(reading: Folder) -> None:
    found = reading({"it/a.md": "# a", "hr/b.md": "# b", "Custom/c.md": "# c"})
    assert slugs(found) == [("en", "c"), ("en", "b"), ("en", "a")]


def test_folders_without_markdown_say_nothing_about_locales(reading: Folder) -> None:
    assert slugs(reading({"de/a.md": "# a", "images/x/y.txt": "", "top.md": "# t"})) == [
        ("de", "a"),
        ("en", "top"),
    ]


@pytest.mark.parametrize(
    "name", ["IT", "HR", "mac", "faq", "xx", "en-XX", "en-US-x", "", "e", "Custom", "über"]
)
def test_a_name_that_is_no_cldr_locale_is_none(name: str) -> None:
    assert locale_of(name) is None


def test_a_file_that_cannot_be_read_does_not_stop_the_others(reading: Folder, tmp_path: Path) -> None:
    (tmp_path / "binary.md").write_bytes(b"\x89PNG\0")
    found = reading({"a.md": "# a", "broken.md": "---\ntitle: a: b\n---", "untitled.md": "text"})
    assert slugs(found) == [("en", "a")]
    assert [(error.path, error.line) for error in found.errors] == [
        ("binary.md", 1), ("broken.md", 2), ("untitled.md", 1),
    ]  # fmt: skip


def test_drafts_are_read_and_kept_apart(reading: Folder) -> None:
    found = reading({"a.md": "# a\n\n[x](b.md)", "b.md": "---\ndraft: true\n---\n# b\n\n[x](a.md)"})
    assert [article.slug for article in found.drafts] == ["b"]
    assert found.warnings == ("a.md:3: `b.md` is no published article: correct the link, or take it out",)


def test_the_second_article_of_a_slug_is_refused_and_names_the_first(reading: Folder) -> None:
    found = reading({"en/x/a b.md": "# a", "en/y/a-b.md": "# b", "de/a-b.md": "# c"})
    assert slugs(found) == [("de", "a-b"), ("en", "a-b")]
    assert [str(error) for error in found.errors] == [
        "en/y/a-b.md:1: `a-b` is already the address of en/x/a b.md: rename one of them"
    ]


def test_an_alias_that_is_taken_is_refused_with_its_line(reading: Folder) -> None:
    found = reading(
        {
            "a.md": "---\ntitle: a\naliases: [old, a]\n---",
            "b.md": "---\ntitle: b\naliases: [older, old]\n---",
            "c.md": "---\ntitle: c\naliases: a\n---",
        }
    )
    assert slugs(found) == [("en", "a")]
    assert found.articles[0].aliases == ("old",)
    assert [(error.path, error.line) for error in found.errors] == [("b.md", 3), ("c.md", 3)]
    assert "alias `old` is already an address of a.md" in found.errors[0].problem


def test_links_are_followed_between_articles_in_any_order(reading: Folder) -> None:
    found = reading({"en/a.md": "# a\n\n[b](../de/b.md#c)", "de/b.md": "# b\n\n## C\n\n[a](../en/a.md)"})
    assert 'href="/help/de/b#c"' in found.articles[1].html
    assert 'href="/help/en/a"' in found.articles[0].html


def test_a_readme_at_the_top_is_no_article_unless_it_says_so(reading: Folder) -> None:
    found = reading({"README.md": "# About this folder", "de/README.md": "# r"})
    assert slugs(found) == [("de", "README")]
    assert found.warnings == ("README.md: taken as a note about the folder: add front matter to index it",)
    assert len(reading({"README.md": "---\ntitle: Read me\n---"}).articles) == 2


def test_hidden_files_and_links_out_of_the_folder_are_left_out(reading: Folder, tmp_path: Path) -> None:
    inside = tmp_path / "articles"
    outside = tmp_path / "outside"
    for folder in (inside / ".git", inside / "sub", outside):
        folder.mkdir(parents=True)
        (folder / "x.md").write_text("# x", "utf-8")
    (inside / ".hidden.md").write_text("# h", "utf-8")
    (inside / "way-out.md").symlink_to(outside / "x.md")
    (inside / "far").symlink_to(outside)
    (inside / "within.md").symlink_to(inside / "sub/x.md")
    found = read_articles(inside, "en")
    assert [article.path for article in found.articles] == ["sub/x.md", "within.md"]
    assert sorted(found.warnings) == [
        "far: a link to a folder is not followed",
        "way-out.md: a link out of the articles folder: not read",
    ]


def test_what_is_no_file_or_has_an_unreadable_name_is_an_error(reading: Folder, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("# c", "utf-8")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    found = reading({"a.md": "# a"})
    assert slugs(found) == [("en", "a")]
    assert sorted(error.path for error in found.errors) == ["caf?.md", "loop.md", "pipe.md"]


def test_a_file_of_five_megabytes_is_refused(reading: Folder) -> None:
    found = reading({"a.md": "# a", "huge.md": "# h\n" + "word " * 2**20})
    assert [error.path for error in found.errors] == ["huge.md"]


@pytest.mark.parametrize(
    ("path", "words"), [("gone", "no such folder"), ("file", "not a folder"), ("empty", "no articles")]
)
def test_a_folder_without_articles_is_refused_with_a_remedy(tmp_path: Path, path: str, words: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/README.md").write_text("# About", "utf-8")
    with pytest.raises(ArticlesError, match=words):
        read_articles(tmp_path / path, "en")


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.md").write_text("# t" if name != "b" else "", "utf-8")
    told: list[tuple[int, int]] = []
    read_articles(tmp_path, "en", lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]
