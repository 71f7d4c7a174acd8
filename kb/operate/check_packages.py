"""Python itself, and the packages that this one needs."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from kb.operate.finding import Finding, fail, ok, warn
from kb.settings import Settings

OLDEST: Final = (3, 11)
OURS: Final = "selfhelp-kb"
BINARY: Final = (
    "faiss",
    "lxml.etree",
    "nh3",
    "numpy",
    "onnxruntime",
    "pydantic_core",
    "sentencepiece",
    "sqlalchemy",
    "tokenizers",
)
"""What is compiled for one machine and may not load on another; torch is left out, it takes seconds."""
CONSTRAINTS: Final = Path(__file__).parents[2] / "constraints.txt"
NAMED: Final = 5
"""So many packages are named, the others counted."""


def check_python(_settings: Settings) -> Iterator[Finding]:
    told = f"Python {platform.python_version()}"
    if sys.version_info >= OLDEST:
        yield ok("python", told)
    else:
        yield fail("python", told, f"install Python {OLDEST[0]}.{OLDEST[1]} or newer")


def check_packages(_settings: Settings) -> Iterator[Finding]:
    """Each that is required is there, in the version tried where that is known, and loads."""
    installed = {name: _installed(name) for name in _required()}
    missing = [name for name, found in installed.items() if found is None]
    if missing:
        yield fail("packages", f"not installed: {_listed(missing)}", f"pip install {OURS}")
    pinned = _pinned()
    others = [
        f"{name} {found} instead of {pinned[name]}"
        for name, found in installed.items()
        if found and pinned.get(name, found) != found
    ]
    if others:
        remedy = "pip install --constraint constraints.txt --editable ."
        yield warn("packages", f"not the versions that were tried: {_listed(others)}", remedy)
    broken = [f"{name} ({kind})" for name in BINARY if (kind := _import_error(name))]
    if broken:
        remedy = "install them again: pip install --force-reinstall …"
        yield fail("packages", f"installed, but do not load: {_listed(broken)}", remedy)
    if not (missing or others or broken):
        yield ok("packages", f"{len(installed)} installed")


def _required() -> list[str]:
    """Names of what is needed without any extra."""
    try:
        lines = requires(OURS) or []
    except PackageNotFoundError:
        lines = []
    return [_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in lines if "extra ==" not in line]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _pinned() -> dict[str, str]:
    """The versions of a checkout's constraints; none where only the package is installed."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines() if CONSTRAINTS.is_file() else []
    pairs = [line.split("==", 1) for line in lines if "==" in line]
    return {_normal(name): pinned for name, pinned in pairs}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _import_error(name: str) -> str:
    """The kind of what goes wrong; empty when nothing does."""
    try:
        import_module(name)
    except Exception as error:  # a library built for another machine fails in ways of its own
        return type(error).__name__
    return ""


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
