"""`selfhelp index --watch`: an index run after every burst of changes in the articles folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from watchfiles import Change, watch

from kb.content.article import ENDINGS
from kb.content.question_files import QUESTIONS
from kb.content.synonyms import SYNONYMS

# A checkout or an editor that saves several files is one change, not many: a run waits until so many
# milliseconds have been quiet, but never longer than BURST_MS.
QUIET_MS = 300
BURST_MS = 3000
LOOK_MS = 500
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")


def follow(folder: Path, run: Callable[[], None], stop: Callable[[], bool] = lambda: False) -> None:
    """Runs at once, and again after every burst of changes, until `stop`. What a run raises goes through.

    Watching begins before the first run, so that no change falls between the two. A folder that goes is
    waited for; another one in its place is a change.
    """
    while not stop():
        number = _number(folder)
        if number is None:
            time.sleep(LOOK_MS / 1000)
            continue
        first = True
        for changes in _changes(folder):
            if stop() or _number(folder) != number:
                break
            if changes or first:
                run()
            first = False


def _changes(folder: Path) -> Iterator[set[tuple[Change, str]]]:
    """Each burst of changes, and an empty one every LOOK_MS without."""
    return watch(
        folder,
        watch_filter=_matters(folder.resolve()),
        debounce=BURST_MS,
        step=QUIET_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
    )


def _number(folder: Path) -> int | None:
    """Of the folder on its disk; None when there is none."""
    try:
        return folder.stat().st_ino if folder.is_dir() else None
    except OSError:
        return None


def _matters(root: Path) -> Callable[[Change, str], bool]:
    """Whether a changed path can change a snapshot."""

    def matters(_change: Change, path: str) -> bool:
        inside = PurePath(path)
        parts = inside.relative_to(root).parts if inside.is_relative_to(root) else inside.parts[-1:]
        if any(part.startswith(".") for part in parts):
            return False
        name = inside.name.lower()
        return not inside.suffix or name in (QUESTIONS, SYNONYMS) or name.endswith((*ENDINGS, *PICTURES))

    return matters
