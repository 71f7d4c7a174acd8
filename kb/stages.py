"""The stages that an answer goes through, told to whoever listens: metrics and traces.

Who listens is a matter of the thread and its request, so that several applications can share a process.
Where nobody does, a stage costs a look at a variable.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Final, Protocol


class Stage(Protocol):
    """Entered when a stage begins and left when it ends, however it ends."""

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


Listener = Callable[[str], Stage]
"""Is given the name of a stage."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_NOBODY: Final = nullcontext()


def stage(name: str) -> Stage:
    """Around the stage of this name: `with stage("encode"): …`."""
    listener = _listener.get()
    return listener(name) if listener else _NOBODY


def listen(listener: Listener | None) -> Token[Listener | None]:
    """Has this thread's stages told to `listener`, until `hear_no_more` of what is returned."""
    return _listener.set(listener)


def hear_no_more(token: Token[Listener | None]) -> None:
    _listener.reset(token)
