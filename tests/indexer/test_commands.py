"""`selfhelp index`, as an admin meets it: good articles, bad ones, and everything else that goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from centre import Files, write

from kb.index.snapshot import CURRENT, SNAPSHOTS, Snapshot, published_id

GOOD = {"refund.md": "# Get a refund\n\nWe pay.\n", "screen.md": "# The screen is black\n\nTurn it on.\n"}
Run = Callable[..., Any]

# what is wrong -> the files, where it is told to be, and words of what to do
BAD: dict[str, tuple[Files, str, str]] = {
    "broken YAML": ({"bad.md": "---\ntitle: No sound: what now?\n---\n"}, "bad.md:2: ", "quotes"),
    "front matter never closed": ({"bad.md": "---\ntitle: No sound\n"}, "bad.md:1: ", "put a line `---`"),
    "no title": ({"bad.md": "Only text.\n"}, "bad.md:1: ", "add `title: "),
    "empty": ({"bad.md": ""}, "bad.md:1: ", "no title"),
    "binary": ({"bad.md": b"\x89PNG\r\n\x1a\n\0\0"}, "bad.md:3: ", "binary file"),
    "not UTF-8": ({"bad.md": b"# caf\xe9\n"}, "bad.md:1: ", "is not UTF-8"),
    "one slug twice": ({"a/bad.md": "# One\n", "b/bad.md": "# Two\n"}, "b/bad.md:1: ", "rename one of them"),
    "five megabytes": ({"bad.md": "# Long\n\n" + "word " * 2**20}, "bad.md:1: ", "MB"),
    "markup in its name": ({"[bold]bad[.md": "text"}, "[bold]bad[.md:1: ", "no title"),
}


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", GOOD)


def slugs(data: Path) -> list[str]:
    return [entry.slug for entry in Snapshot(data / SNAPSHOTS / published_id(data)).articles]


def snapshots(data: Path) -> list[str]:
    return sorted(path.name for path in (data / SNAPSHOTS).iterdir()) if (data / SNAPSHOTS).exists() else []


def test_it_ends_with_what_was_done_and_how_long_it_took(selfhelp: Run, articles: Path, data: Path) -> None:
    ran = selfhelp("index")
    assert ran.status == 0
    added, sizes, published = ran.out.splitlines()
    assert added.startswith("2 added, 0 changed, 0 removed, 0 unchanged; 0 drafts and 0 files with errors")
    assert sizes.startswith("2 articles, 4 passages, 4 of them encoded, in ")
    assert published == f"published {published_id(data)}"
    for stage in ("reading: 2", "encoding: 4", "learning"):
        assert stage in ran.err
    again = selfhelp("index").out
    assert again.startswith("0 added, 0 changed, 0 removed, 2 unchanged")
    assert f"nothing changed, still published: {published_id(data)}" in again


def test_for_programs_it_is_one_line_of_json(selfhelp: Run, articles: Path, data: Path) -> None:
    fields = json.loads(selfhelp("index", "--format", "json").out)
    assert (fields["added"], fields["unchanged"], fields["errors"], fields["published"]) == (2, 0, 0, True)
    assert fields["snapshot_id"] == published_id(data)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_article_is_told_and_the_others_are_indexed(
    selfhelp: Run, articles: Path, data: Path, name: str
) -> None:
    files, place, words = BAD[name]
    write(articles, files)
    ran = selfhelp("index")
    assert ran.status == 1
    (line,) = [line for line in ran.err.splitlines() if line.startswith("error ")]
    assert line.startswith(f"error {place}")
    assert words in line
    assert {"refund", "screen"} <= set(slugs(data))
    assert "1 files with errors" in ran.out


def test_an_article_that_is_only_a_heading_is_an_article(selfhelp: Run, articles: Path, data: Path) -> None:
    write(articles, {"heading.md": "# Only a heading\n"})
    assert selfhelp("index").status == 0
    assert slugs(data) == ["heading", "refund", "screen"]


def test_strict_publishes_nothing_if_an_article_is_wrong(selfhelp: Run, articles: Path, data: Path) -> None:
    assert selfhelp("index", "--strict").status == 0
    before = published_id(data)
    write(articles, {"bad.md": "", "refund.md": "# Changed\n"})
    ran = selfhelp("index", "--strict")
    assert ran.status == 1
    assert "bad.md:1: " in ran.err
    assert "nothing published" in ran.out
    assert (published_id(data), snapshots(data)) == (before, [before])


def test_check_only_reads(selfhelp: Run, articles: Path, data: Path) -> None:
    ran = selfhelp("index", "--check")
    assert (ran.status, ran.out) == (0, "2 articles, 0 drafts, 0 with errors, 0 warnings\n")
    write(articles, {"bad.md": "", "link.md": "# Links\n\n[gone](gone.md)\n"})
    ran = selfhelp("index", "--check")
    assert (ran.status, ran.out) == (1, "3 articles, 0 drafts, 1 with errors, 1 warnings\n")
    assert "warning link.md:3: " in ran.err
    assert [path.name for path in data.iterdir()] == ["models"]


def test_check_looks_at_the_questions_beside_the_articles(selfhelp: Run, articles: Path) -> None:
    write(articles, {"questions.jsonl": '{"question": "a", "articles": ["refund"]}\n{"question": "b"}\n'})
    ran = selfhelp("index", "--check")
    assert (ran.status, ran.out) == (1, "2 articles, 0 drafts, 1 with errors, 0 warnings\n")
    assert "questions.jsonl:2: `articles` has to be a list of slugs" in ran.err


def test_check_names_questions_whose_article_is_not_there(selfhelp: Run, articles: Path) -> None:
    write(articles, {"refund.md": "---\naliases: [money-back]\n---\n# Refunds\n"})
    known = '{"question": "known", "articles": ["money-back", "gone"]}\n' * 2 + "".join(
        f'{{"question": "known {n}", "articles": ["refund"]}}\n' for n in range(9)
    )
    lost = '{"question": "where is it", "articles": ["gone"]}\n'
    write(articles, {"questions.jsonl": known + lost})
    ran = selfhelp("index", "--check")
    assert (ran.status, ran.out) == (0, "2 articles, 0 drafts, 0 with errors, 1 warnings\n")
    assert "warning questions.jsonl: no article gone: 'where is it'" in ran.err
    write(articles, {"questions.jsonl": known + lost + lost.replace("where", "what")})
    ran = selfhelp("index", "--check")
    assert (ran.status, ran.out) == (1, "2 articles, 0 drafts, 1 with errors, 2 warnings\n")
    assert "error questions.jsonl: over 10% of the golden questions would lose their article" in ran.err


def test_drafts_are_left_out(selfhelp: Run, articles: Path, data: Path) -> None:
    write(articles, {"draft.md": "---\ntitle: Not yet\nstatus: draft\n---\n"})
    ran = selfhelp("index")
    assert (ran.status, "1 drafts" in ran.out) == (0, True)
    assert slugs(data) == ["refund", "screen"]


def test_rollback_publishes_the_one_before_again(selfhelp: Run, articles: Path, data: Path) -> None:
    selfhelp("index")
    before = published_id(data)
    write(articles, {"refund.md": "# Changed\n"})
    selfhelp("index")
    after = published_id(data)
    ran = selfhelp("index", "--rollback")
    assert (ran.status, ran.out) == (0, f"published {before} again, in place of {after}\n")
    assert published_id(data) == before
    ran = selfhelp("index", "--rollback")
    assert (ran.status, "no snapshot before" in ran.err) == (2, True)


def test_a_damaged_snapshot_is_refused_and_mended_by_indexing_again(
    selfhelp: Run, articles: Path, data: Path
) -> None:
    selfhelp("index")
    for damage in (lambda old: old[:-1], lambda old: bytes([old[0] ^ 1]) + old[1:]):
        path = data / SNAPSHOTS / published_id(data) / "vectors.faiss"
        path.write_bytes(damage(path.read_bytes()))
        ran = selfhelp("search", "refund")
        assert (ran.status, ran.out) == (2, "")
        assert "vectors.faiss: damaged (its checksum differs); run `selfhelp index`" in ran.err
        assert selfhelp("index").status == 0
        assert selfhelp("search", "refund").status == 0


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("gone", "gone: no such folder: name the one your articles are in"),
        ("empty", "empty: no articles (*.md) in it: name another folder, or write one"),
        ("articles/refund.md", "refund.md: not a folder: name the folder the article is in"),
    ],
)
def test_a_folder_that_is_none_is_named_and_the_old_snapshot_stays(
    selfhelp: Run, articles: Path, data: Path, named: str, words: str
) -> None:
    selfhelp("index")
    before = published_id(data)
    (articles.parent / "empty").mkdir()
    ran = selfhelp("index", named)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err
    assert (published_id(data), snapshots(data)) == (before, [before])


def test_a_folder_in_which_every_article_is_wrong_publishes_nothing(
    selfhelp: Run, articles: Path, data: Path, tmp_path: Path
) -> None:
    selfhelp("index")
    before = published_id(data)
    ran = selfhelp("index", write(tmp_path / "wrong", {"bad.md": ""}))
    assert ran.status == 2
    assert "error bad.md:1: " in ran.err
    assert "no article in it can be published; mend the errors named above" in ran.err
    assert published_id(data) == before


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("./gone", "./gone: no such folder; name a model folder, a hub name or one of all-MiniLM-L6-v2"),
        ("no-model", "not a model: a sentence-transformers folder has a modules.json"),
    ],
)
def test_a_model_folder_that_is_no_model_is_named_and_the_old_snapshot_stays(
    selfhelp: Run, articles: Path, data: Path, named: str, words: str
) -> None:
    selfhelp("index")
    before = published_id(data)
    write(articles.parent / "no-model", {"weights.txt": "none"})
    ran = selfhelp("index", "--model", named)
    assert ran.status == 2
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert (published_id(data), snapshots(data)) == (before, [before])


def test_a_locale_is_given_to_articles_without_locale_folders(
    selfhelp: Run, articles: Path, data: Path
) -> None:
    assert selfhelp("index", "--locale", "de").status == 0
    assert Snapshot(data / SNAPSHOTS / published_id(data)).locales == ("de",)


def test_a_current_that_is_damaged_is_mended(selfhelp: Run, articles: Path, data: Path) -> None:
    selfhelp("index")
    (data / CURRENT).write_text("")
    assert selfhelp("search", "refund").status == 2
    assert selfhelp("index").status == 0
    assert selfhelp("search", "refund").status == 0
