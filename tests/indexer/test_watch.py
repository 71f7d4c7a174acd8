"""`--watch` follows a real folder: bursts are one run, and nothing ends it but its being told to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from centre import write

from indexer.watch import QUIET_MS, follow

PATIENCE = 20.0


class Following:
    """A folder followed in a thread; `runs` are the Markdown files that each run found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[list[str]] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=follow, args=(folder, self.run, self.stopping.is_set))

    def run(self) -> None:
        self.runs.append(sorted(path.name for path in self.folder.rglob("*.md")))

    def until(self, fits: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not fits():
            assert time.monotonic() < end, self.runs
            time.sleep(0.02)


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Following]:
    made = Following(write(tmp_path / "articles", {"a.md": "# A\n"}))
    made.thread.start()
    made.until(lambda: made.runs == [["a.md"]])
    yield made
    made.stopping.set()
    made.thread.join(PATIENCE)
    assert not made.thread.is_alive()


def test_a_burst_of_changes_is_one_run(following: Following) -> None:
    for number in range(30):
        write(following.folder, {f"b{number}.md": "# B\n"})
        time.sleep(0.01)
    following.until(lambda: len(following.runs) == 2)
    assert len(following.runs[1]) == 31
    time.sleep(2 * QUIET_MS / 1000)
    assert len(following.runs) == 2


def test_what_cannot_change_a_snapshot_is_no_change(following: Following) -> None:
    write(following.folder, {"notes.txt": "x", ".git/index.md": "x", "a.md~": "x", ".a.md.swp": "x"})
    time.sleep(3 * QUIET_MS / 1000)
    assert len(following.runs) == 1
    for number, name in enumerate(("questions.jsonl", "synonyms.yaml", "deep/er/c.md", "one.png"), start=2):
        write(following.folder, {name: "x"})
        following.until(lambda n=number: len(following.runs) == n)  # type: ignore[misc]


def test_removing_and_renaming_are_changes(following: Following) -> None:
    (following.folder / "a.md").rename(following.folder / "b.md")
    following.until(lambda: following.runs[-1] == ["b.md"])
    (following.folder / "b.md").unlink()
    following.until(lambda: following.runs[-1] == [])


def test_a_folder_that_goes_and_comes_back_is_followed_again(following: Following) -> None:
    away = following.folder.with_name("away")
    following.folder.rename(away)
    time.sleep(1.5)
    write(away, {"new.md": "# New\n"})
    away.rename(following.folder)
    following.until(lambda: following.runs[-1] == ["a.md", "new.md"])
    write(following.folder, {"newer.md": "# Newer\n"})
    following.until(lambda: "newer.md" in following.runs[-1])


# Tests that run in the background hand down that Ctrl-C is to be ignored.
COMMAND = """
import signal
from kb.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


def test_the_command_publishes_every_change_and_survives_errors(tmp_path: Path, data: Path) -> None:
    """A line of JSON a run: published, then an error, then published again; Ctrl-C ends it well."""
    articles = write(tmp_path / "articles", {"a.md": "# A\n\nIt is about a.\n", "b.md": "# B\n"})
    command = [sys.executable, "-c", COMMAND, "index", articles, "--data", data]
    watching = subprocess.Popen(
        [*map(str, command), "--watch", "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert watching.stdout
    try:
        assert json.loads(watching.stdout.readline())["added"] == 2
        write(articles, {"questions.jsonl": "{", "a.md": "# A\n\nIt is about aa.\n"})
        time.sleep(3)
        write(articles, {"questions.jsonl": '{"question": "a", "articles": ["a"]}'})
        told = json.loads(watching.stdout.readline())
        assert (told["changed"], told["published"], told["gate"]["asked"]) == (1, True, 1)
    finally:
        watching.send_signal(signal.SIGINT)
        _, said = watching.communicate(timeout=PATIENCE)
    assert watching.returncode == 0
    assert "questions.jsonl:1: not valid JSON" in said
    assert "Traceback" not in said
