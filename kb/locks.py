"""Locks between processes: the system lets go of one when its process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from kb.errors import LockError


@contextmanager
def locked(file: Path, waiting: Callable[[], None], patience: float = 0) -> Iterator[None]:
    """Holds the lock; `waiting` is called when another process still has it after `patience` seconds.

    Raises LockError when this user may not open the file in a folder of theirs, else OSError.
    """
    lock = FileLock(file)
    try:
        _acquire(lock, file, patience)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def is_locked(file: Path) -> bool:
    """Whether another process holds it now. Raises as `locked` does."""
    lock = FileLock(file)
    try:
        _acquire(lock, file, 0)
    except Timeout:
        return True
    lock.release()
    return False


def cannot_open(file: Path) -> str:
    """Why this user could not take the lock in a folder of theirs, and what helps; empty when nothing is in
    the way, or the folder itself is.
    """
    if not file.exists() or os.access(file, os.R_OK | os.W_OK) or not os.access(file.parent, os.W_OK):
        return ""
    return (
        f"{file.absolute()}: this user may not open it; give it to the folder's owner: "
        f"chown --reference={file.parent.absolute()} {file.absolute()}"
    )


def _acquire(lock: FileLock, file: Path, patience: float) -> None:
    try:
        _make(file)
        lock.acquire(timeout=patience)
    except PermissionError as error:
        problem = cannot_open(file)
        if problem:
            raise LockError(problem) from error
        raise


def _make(file: Path) -> None:
    """What root makes would shut out the folder's owner, who runs the server: it is given to that user."""
    with suppress(FileExistsError):
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            if os.geteuid() == 0:
                folder = file.parent.stat()
                os.fchown(descriptor, folder.st_uid, folder.st_gid)
        finally:
            os.close(descriptor)
