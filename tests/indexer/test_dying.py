"""Wherever an index run dies, the snapshot that was published is served and the next run succeeds."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("crashing.py")
ROOT = Path(__file__).parents[2]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
OLD, NEW = "Get a refund", "Money back"


def deaths(kind: str) -> tuple[list[dict[str, Any]], str]:
    """What crashing.py tells of each death, and what the runs said. In a folder that anybody may enter."""
    with tempfile.TemporaryDirectory(prefix="selfhelp-dying-") as scratch:
        Path(scratch).chmod(0o755)
        ran = subprocess.run(
            [sys.executable, SCRIPT, kind, scratch], cwd=ROOT, capture_output=True, text=True, check=False,
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"} | dict.fromkeys(THREADS, "1"),
        )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr


def check(died: list[dict[str, Any]]) -> None:
    """All of the old or all of the new; then the new, and nothing is left lying about."""
    for one in died:
        assert one["served"] == (OLD if one["old"] else NEW), one
        assert (one["again"], one["then"], one["left"]) == (0, NEW, []), one


def test_killed_at_every_change_of_the_disk() -> None:
    """Each file opened for writing, made, linked, renamed, removed and each fsync; the last run lives."""
    died, _ = deaths("every")
    check(died)
    assert [one["ended"] for one in died] == [*[-signal.SIGKILL] * (len(died) - 1), 0]
    assert len(died) > 40
    olds = [one["old"] for one in died]
    assert olds == sorted(olds, reverse=True), "old until the one step in which it becomes new"
    assert olds.count(True) > 30
    assert olds[:-1].count(False) >= 1


def test_killed_at_fifty_random_times() -> None:
    died, _ = deaths("random")
    check(died)
    assert len(died) == 50
    assert sum(one["ended"] == -signal.SIGKILL for one in died) > 20


def test_killed_in_the_middle_of_writing_a_file() -> None:
    died, _ = deaths("sizes")
    check(died)
    assert len(died) > 8
    assert {one["ended"] for one in died} == {-signal.SIGXFSZ}


def test_a_disk_that_is_full_is_named() -> None:
    """However far the run comes: up to the first file, or to the largest."""
    died, said = deaths("full")
    check(died)
    assert len(died) > 8
    # Where it is the cache of what was read that does not fit, the run does without it.
    assert {one["ended"] for one in died} <= {0, 2}
    assert sum(one["ended"] == 2 for one in died) > 5
    refusals = [line for line in said.splitlines() if line]
    assert refusals
    assert all("nothing published, the old snapshot stays" in line for line in refusals), said


def test_a_data_folder_that_cannot_be_written_to_is_named() -> None:
    (one,), said = deaths("readonly")
    check([one])
    assert (one["ended"], one["old"]) == (2, True)
    assert "Permission denied; nothing published, the old snapshot stays" in said
