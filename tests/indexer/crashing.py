"""Index runs that die. A process that has all loaded forks a child for each death: that is quick.

    python crashing.py every|random|sizes|full|readonly FOLDER

prints a line of JSON for each death: what it was, what is served after it, and how the next run ends.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from centre import Quiet, write

import indexer.following
import indexer.run
from indexer.folder import read_articles
from indexer.publish import UNFINISHED
from indexer.read_before import ReadBefore
from indexer.run import index
from kb.errors import KbError
from kb.index.encoder import ModelCard
from kb.index.snapshot import CURRENT, MODELS, SNAPSHOTS, Snapshot, published_id
from kb.index.topic_encoder import TopicEncoder

OLD = {"refund.md": "# Get a refund\n\nWe pay.\n", "card.md": "# The card\n\n![A card](card.png)\n"}
NEW = {"refund.md": "# Money back\n\nWe pay.\n"}
PICTURE = b"\x89PNG\r\n\x1a\n a card"
QUESTION = '{"question": "refund my card", "articles": ["refund", "card"]}'
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = (
    "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.truncate", "shutil.copyfile",
    "sqlite3.connect",
)  # fmt: skip
DIED, REFUSED = -signal.SIGKILL, 2
RANDOM_TIMES = 50


def run(folder: Path) -> None:
    """An index run by TopicEncoder."""
    articles, data = folder / "articles", folder / "data"
    found = read_articles(articles, "en", None, ReadBefore(data))
    index(found, articles, data, model="topics", reporter=Quiet())


def child(work: Callable[[], None]) -> int:
    """How a forked process ends that does this: 0 well, REFUSED with a KbError, 1 with another, -9 killed."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            work()
            status = 0
        except KbError as error:
            print(error, file=sys.stderr)
            status = REFUSED
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def prepare(folder: Path) -> Path:
    """A data folder with a published snapshot, and articles that have changed since."""
    shutil.rmtree(folder, ignore_errors=True)
    articles = write(folder / "articles", {**OLD, "card.png": PICTURE, "questions.jsonl": QUESTION})
    card = ModelCard(
        name="topics", dimension=TopicEncoder().dimension, max_tokens=0, question_prompt="",
        passage_prompt="", file="", precision="", languages=(), probe="", probe_vector=(),
    )  # fmt: skip
    (folder / "data" / MODELS / "topics").mkdir(parents=True)
    card.save(folder / "data" / MODELS / "topics")
    run(folder)  # here, so that no child has anything left to import
    write(articles, NEW)
    return folder


def served(data: Path) -> str:
    """The title that a server would show; raises when it would show none."""
    snapshot = Snapshot(data / SNAPSHOTS / published_id(data))
    article = snapshot.article("en", "refund")
    assert article
    return article.title


def die_at(number: int, work: Callable[[], None]) -> None:
    """Kills this process at its n-th change of the disk: each that Python tells of, and each fsync."""
    left = [number]

    def step() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
        if opened or event in EVENTS:
            step()

    fsync = os.fsync

    def synced(descriptor: int) -> None:
        step()
        fsync(descriptor)

    os.fsync = synced
    sys.addaudithook(hook)
    work()


def die_at_size(size: int, work: Callable[[], None]) -> None:
    """Dies in the middle of a write: when any file is to become larger than that."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    work()


def full_at_size(size: int, work: Callable[[], None]) -> None:
    """The same, but the write fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    work()


def read_only(data: Path, work: Callable[[], None]) -> None:
    for path in (data, *data.rglob("*")):
        if path.is_dir():
            path.chmod(0o555)
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    work()


def deaths(kind: str, base: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Each way to die, and how the run ended; `folder` is a fresh copy of `base` for each."""
    work = lambda: run(folder)  # noqa: E731
    if kind == "every":
        number, ended = 0, DIED
        while ended == DIED:
            number += 1
            fresh(base, folder)
            ended = child(lambda n=number: die_at(n, work))  # type: ignore[misc]
            yield f"change {number}", ended
    elif kind == "random":
        fresh(base, folder)
        started = time.monotonic()
        child(work)
        lasted = time.monotonic() - started
        chance = random.Random(1)  # noqa: S311 - not a secret
        for number in range(RANDOM_TIMES):
            fresh(base, folder)
            yield f"time {number}", killed_after(chance.uniform(0, lasted), work)
    elif kind == "readonly":
        fresh(base, folder)
        yield "read-only", child(lambda: read_only(folder / "data", work))
        for path in (folder / "data", *(folder / "data").rglob("*")):
            path.chmod(0o755)
    else:
        dying = die_at_size if kind == "sizes" else full_at_size
        for size in sizes(base, folder):
            fresh(base, folder)
            yield f"size {size}", child(lambda s=size: dying(s, work))  # type: ignore[misc]


def killed_after(seconds: float, work: Callable[[], None]) -> int:
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def sizes(base: Path, folder: Path) -> list[int]:
    """Half of each file that a run writes."""
    fresh(base, folder)
    assert child(lambda: run(folder)) == 0
    made = folder / "data" / SNAPSHOTS / published_id(folder / "data")
    written = {path.stat().st_size for path in made.iterdir()}
    return sorted({size // 2 for size in written})


def fresh(base: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)


def left_over(data: Path) -> list[str]:
    """What an interrupted run has left behind."""
    inside = [path.name for path in (data / SNAPSHOTS).iterdir() if path.name.startswith(UNFINISHED)]
    return inside + [path.name for path in data.glob(f".{CURRENT}.*")]


def main() -> None:
    kind, scratch = sys.argv[1], Path(sys.argv[2])
    indexer.run.ensure_model = lambda *_given: "topics"
    indexer.run.LazyEncoder = lambda _folder: TopicEncoder()  # type: ignore[assignment, misc, return-value]
    base, folder = prepare(scratch / "base"), scratch / "run"
    old = published_id(base / "data")
    for what, ended in deaths(kind, base, folder):
        data = folder / "data"
        after = {"what": what, "ended": ended, "old": published_id(data) == old, "served": served(data)}
        again = child(lambda: run(folder))
        print(json.dumps({**after, "again": again, "then": served(data), "left": left_over(data)}))


if __name__ == "__main__":
    main()
