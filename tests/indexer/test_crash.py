"""Two runs at once, and a publishing that fails in its one step; deaths are in test_dying.py."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from centre import publish, write

from indexer.lock import WHO, only_one
from kb.errors import KbError
from kb.index.snapshot import CURRENT, SNAPSHOTS, Snapshot, published_id

OLD = {"refund.md": "# Get a refund\n\nWe pay.\n"}
NEW = {"refund.md": "# Money back\n\nWe pay.\n"}


@pytest.fixture
def published(tmp_path: Path, data: Path) -> str:
    snapshot_id = publish(write(tmp_path / "articles", OLD), data).snapshot_id
    write(tmp_path / "articles", NEW)
    return snapshot_id


def served_title(data: Path) -> str:
    (article,) = Snapshot(data / SNAPSHOTS / published_id(data)).articles
    return article.title


def test_a_crash_in_the_one_step_leaves_the_old_name(
    published: str, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def crash(path: Path, target: Path) -> Path:
        if target.name == CURRENT:
            raise OSError(errno.EIO, "Input/output error", str(target))
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", crash)
        with pytest.raises(KbError, match=r"CURRENT: Input/output error; nothing published"):
            publish(tmp_path / "articles", data)
    assert served_title(data) == "Get a refund"
    publish(tmp_path / "articles", data)
    assert served_title(data) == "Money back"


def test_two_runs_at_once_wait_for_each_other(published: str, tmp_path: Path, data: Path) -> None:
    command = [sys.executable, "-c", "from kb.cli import main; main()", "index", str(tmp_path / "articles")]
    running = [
        subprocess.Popen([*command, "--data", str(data)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    told = [run.communicate()[0] for run in running]
    assert [run.returncode for run in running] == [0, 0]
    assert sorted("0 added, 1 changed" in text for text in told) == [False, True]
    assert served_title(data) == "Money back"


def test_the_second_of_two_runs_says_which_is_running(published: str, tmp_path: Path, data: Path) -> None:
    command = [sys.executable, "-c", "from kb.cli import main; main()", "index", str(tmp_path / "articles")]
    with only_one(data, print):
        second = subprocess.Popen([*command, "--data", str(data)], stderr=subprocess.PIPE, text=True)
        assert second.stderr
        told = next(line for line in second.stderr if line.startswith("waiting"))
        assert published_id(data) == published
    assert re.fullmatch(rf"waiting for another index run: process {os.getpid()} on \S+, since \S+\n", told), (
        told
    )
    second.communicate()
    assert second.returncode == 0
    assert served_title(data) == "Money back"


def test_a_rollback_waits_for_the_run_that_is_running(published: str, tmp_path: Path, data: Path) -> None:
    command = [sys.executable, "-c", "from kb.cli import main; main()", "index", str(tmp_path / "articles")]
    subprocess.run([*command, "--data", str(data)], check=True)
    with only_one(data, print):
        back = subprocess.Popen(
            [*command, "--rollback", "--data", str(data)], stderr=subprocess.PIPE, text=True
        )
        assert back.stderr
        assert next(line for line in back.stderr if line.startswith("waiting"))
        assert published_id(data) != published
    back.communicate()
    assert published_id(data) == published


def test_who_is_running_is_told_even_when_it_cannot_be_read(published: str, data: Path) -> None:
    told: list[str] = []
    with only_one(data, print):
        (data / WHO).write_text("{")
        waiting = threading.Thread(target=lambda: _hold(data, told))
        waiting.start()
        while not told:
            time.sleep(0.01)
    waiting.join()
    assert told == ["waiting for another index run"]


def _hold(data: Path, told: list[str]) -> None:
    with only_one(data, told.append):
        pass
