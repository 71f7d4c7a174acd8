"""How far a run has come: bars on a terminal, a line a stage elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.progress import TimeRemainingColumn as TimeLeft
from rich.text import Text

# On results nothing is coloured but what says so.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Rate(ProgressColumn):
    """Steps a second, once there are some."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f}/s" if speed and (task.total or 0) > 1 else "")


class Bars:
    """The stages of a run; a stage of no steps is none."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        if total and not err.is_terminal:
            err.print(f"{escape(name)}: {total}" if total > 1 else escape(name))
        task = self._progress.add_task(escape(name), total=total, visible=total > 0)
        return lambda more: self._progress.advance(task, more)


def progress() -> Progress:
    """With rate and time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeLeft(),
        console=err,
        disable=not err.is_terminal,
    )
