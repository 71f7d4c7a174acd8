"""Whatever happens to an index run, the snapshot that was published stays served."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from centre import MODEL, publish, write

import indexer.run
from indexer.publish import UNFINISHED
from kb.errors import KbError
from kb.index.snapshot import CURRENT, SNAPSHOTS, Snapshot, published_id

OLD = {"refund.md": "# Get a refund\n\nWe pay.\n"}
NEW = {"refund.md": "# Money back\n\nWe pay.\n"}

# The run kills itself, as a power cut would, when it comes to the step named.
KILLED = f"""
import os, signal, sys
from pathlib import Path
import indexer.publish, indexer.run
from indexer.folder import read_articles
from centre import Quiet

def killed(*_given):
    os.kill(os.getpid(), signal.SIGKILL)

module, name, articles, data = sys.argv[1:]
setattr({{"run": indexer.run, "publish": indexer.publish}}[module], name, killed)
folder = Path(articles)
indexer.run.index(read_articles(folder, "en"), folder, Path(data), model={MODEL!r}, reporter=Quiet())
"""


@pytest.fixture
def published(tmp_path: Path, data: Path) -> str:
    snapshot_id = publish(write(tmp_path / "articles", OLD), data).snapshot_id
    write(tmp_path / "articles", NEW)
    return snapshot_id


def served_title(data: Path) -> str:
    (article,) = Snapshot(data / SNAPSHOTS / published_id(data)).articles
    return article.title


@pytest.mark.parametrize(
    "step",
    ["run.write_snapshot", "run.write_manifest", "run.publish", "publish.sync_tree", "publish.replace_text"],
)
def test_a_crash_while_indexing_leaves_the_old_snapshot_served(
    published: str, tmp_path: Path, data: Path, step: str
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, *step.split("."), str(tmp_path / "articles"), str(data)],
        cwd=Path(__file__).parents[1], check=False,
    )  # fmt: skip
    assert ran.returncode == -signal.SIGKILL
    assert published_id(data) == published
    assert served_title(data) == "Get a refund"
    assert publish(tmp_path / "articles", data).published
    assert served_title(data) == "Money back"
    assert not [path for path in (data / SNAPSHOTS).iterdir() if path.name.startswith(UNFINISHED)]


def test_a_full_disk_is_named_and_leaves_nothing_behind(
    published: str, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, _facts: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "manifest.json"))

    with monkeypatch.context() as patched:
        patched.setattr(indexer.run, "write_manifest", full)
        with pytest.raises(KbError, match=r"manifest\.json: No space left on device; nothing published"):
            publish(tmp_path / "articles", data)
    assert published_id(data) == published
    assert [path.name for path in (data / SNAPSHOTS).iterdir()] == [published]


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
