"""Small files that would take hours or gigabytes, and pieces of anything: read, or refused in words."""

from __future__ import annotations

import struct
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from refusals import only_kb_errors

from indexer.folder import read_articles
from kb.content import reading
from kb.content import time_limit as time_limits
from kb.content.pictures import PictureError, Pictures
from kb.content.reading import parse_article
from kb.content.synonyms import read_synonyms
from kb.content.time_limit import TooSlowError, time_limit
from kb.errors import ArticleError

LAUGHS = "\n".join(
    [
        "a0: &a0 [lol, lol]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)),
    ]
)
LIMIT = 0.3
# Each takes Python-Markdown from seconds to hours at the length of 200,000 signs.
SLOW = [
    "[",
    "![",
    "[a](",
    "<a ",
    "<![CDATA[",
    "# a\n",
    "a\n===\n",
    "*[a]: b\n",
    "a: b\n: c\n",
    "- a\n",
    "`a ",
]
DEEP = [
    "> " * 5_000,
    "<div>" * 5_000,
    "<b>" * 5_000,
    "".join("  " * n + "- a\n" for n in range(300)),
]


# The exception may come while the test's own libraries watch the collector, where it is reported and lost.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("piece", SLOW)
def test_an_article_that_takes_too_long_to_read_is_refused(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused or read: at this length faster machines may manage some of them."""
    monkeypatch.setattr(reading, "LONGEST_SECONDS", LIMIT)
    text = f"# t\n\n{(piece * 200_000)[:200_000]}"
    only_kb_errors(lambda: parse_article(text.encode(), "a.md", "en"))


def test_the_refusal_says_what_to_look_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_SECONDS", 0.05)
    with pytest.raises(
        ArticleError, match=r"^a.md:1: takes too long to read: look for a long run of one sign"
    ):
        parse_article(b"# t\n\n" + b"[" * 20_000, "a.md", "en")
    assert parse_article(b"# t\n\nnext", "b.md", "en").html == "<p>next</p>"


@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    with pytest.raises(ArticleError, match=r"too deep|RecursionError"):
        parse_article(f"# t\n\n{text}".encode(), "a.md", "en")


def test_the_limit_holds_in_any_thread_and_ends_with_its_block() -> None:
    found: list[str] = []

    def work() -> None:
        try:
            with time_limit(0.05):
                while True:
                    pass
        except TooSlowError:
            found.append("stopped")
        with time_limit(0.05):
            pass
        end = time.perf_counter() + 0.2
        while time.perf_counter() < end:
            pass
        found.append("went on")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert found == ["stopped", "went on"]


def test_an_exception_that_is_swallowed_is_raised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limits, "AGAIN_SECONDS", 0.05)
    swallowed = []

    def deaf() -> None:
        with time_limit(0.05):
            while True:
                try:
                    while True:
                        pass
                except TooSlowError:
                    swallowed.append("one")
                    if len(swallowed) == 3:
                        raise

    with pytest.raises(TooSlowError):
        deaf()
    assert len(swallowed) == 3


@pytest.mark.parametrize(
    ("yaml", "words"),
    [
        (LAUGHS, "starts with `&`"),
        ("x: !!python/object/apply:os.system ['touch ran']", "starts with"),
        ("x: !!python/name:os.system", "starts with"),
        ("x: " + "[" * 400 + "]" * 400, "more than 20 deep"),
        ("x: " + "{a: " * 400 + "}" * 400, "more than 20 deep"),
        ("a: b\n" * 20_000, "over 64 KB"),
        ("x: 9" + "9" * 5_000, "no possible date, number or key"),
    ],
)
def test_front_matter_that_unfolds_or_builds_something_is_refused(yaml: str, words: str) -> None:
    tracemalloc.start()
    with pytest.raises(ArticleError, match=words):
        parse_article(f"---\ntitle: t\n{yaml}\n---\nx".encode(), "a.md", "en")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50 * 2**20


def test_synonyms_that_unfold_or_build_something_are_refused() -> None:
    for yaml in (
        LAUGHS,
        "- !!python/name:os.system",
        "[" * 400,
        "a: " + "[" * 400 + "]" * 400,
        "x" * 300_000,
    ):
        with pytest.raises(ArticleError):
            read_synonyms(yaml.encode(), "synonyms.yaml", frozenset({"en"}))


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII5BI", 13, b"IHDR", width, height, 8, 2, 0, 0, 0, 0)


def test_a_picture_that_only_its_header_tells_to_be_huge_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(png(50_000, 50_000))
    (tmp_path / "screen.png").write_bytes(png(5_120, 2_880))
    with pytest.raises(PictureError, match="has 50000 x 50000 pixels, more than 40 million: make it smaller"):
        Pictures(tmp_path).find("bomb.png")
    assert Pictures(tmp_path).find("screen.png").name.endswith(".png")


def test_no_path_leads_out_of_the_folder(tmp_path: Path) -> None:
    """By links in the file system, by dots, by slugs, by aliases."""
    (tmp_path / "secret.md").write_text("# Secret\n\nfor nobody")
    (tmp_path / "secret.png").write_bytes(png(1, 1))
    folder = tmp_path / "articles"
    (folder / "sub").mkdir(parents=True)
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "all").symlink_to(tmp_path)
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "sub" / "loop").symlink_to(folder)
    pictures = ["../secret.png", "/../secret.png", "out.png", "all/secret.png", "sub/../../secret.png"]
    pictures += ["%2e%2e/secret.png", "/etc/secret.png"]
    links = " ".join(f"![x]({path}) [y]({path.replace('png', 'md')})" for path in pictures)
    (folder / "a.md").write_text(f"---\ntitle: A\naliases: ['../../etc', '..', '/x', 'a/../b']\n---\n{links}")
    found = read_articles(folder, "en")
    assert [article.slug for article in found.articles] == ["a"]
    (article,) = found.articles
    assert article.images == ()
    assert "secret" not in article.html
    assert not [alias for alias in article.aliases if "/" in alias or set(alias) <= {"."}]
