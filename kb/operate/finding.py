"""What a check of the installation found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact about `subject`, in words without secrets; whatever is not ok has its remedy."""

    level: Level
    subject: str
    text: str
    remedy: str = ""


def ok(subject: str, text: str) -> Finding:
    return Finding(level="ok", subject=subject, text=text)


def warn(subject: str, text: str, remedy: str) -> Finding:
    """Works, but probably not as meant."""
    return Finding(level="warn", subject=subject, text=text, remedy=remedy)


def fail(subject: str, text: str, remedy: str) -> Finding:
    """Does not work, or puts somebody's data at risk."""
    return Finding(level="fail", subject=subject, text=text, remedy=remedy)
