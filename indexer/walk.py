"""The files below an articles folder, each with what tells whether it has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kb.content.article import ENDINGS
from kb.errors import ArticleError

NOTE = "README.md"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file's size, times and number on its disk: a file that is written to has another."""

    size: int
    modified: int
    changed: int
    number: int


def stamp_of(file: Path | str) -> Stamp | None:
    """None when it is not there or cannot be looked at."""
    try:
        found = os.stat(file)  # noqa: PTH116 - a third of the time, thousands of times
    except (OSError, ValueError):
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


@dataclass(slots=True)
class Walk:
    """Finds the Markdown files of a folder; hidden ones and what lies elsewhere are left out."""

    root: Path
    warnings: list[str] = field(default_factory=list)
    errors: list[ArticleError] = field(default_factory=list)

    def paths(self) -> list[str]:
        """Relative to the folder, with `/`, a folder's own files before those of its folders."""
        return list(self._below(""))

    def usable(self, path: str) -> bool:
        """Whether a file is one of the folder's own."""
        file = self.root / path
        if not _inside(file, self.root):
            self.warnings.append(f"{printable(path)}: a link out of the articles folder: not read")
            return False
        if path == NOTE and _is_about_the_folder(file):
            self.warnings.append(f"{NOTE}: taken as a note about the folder: add front matter to index it")
            return False
        return True

    def _below(self, folder: str) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name)
        except OSError as error:
            problem = f"the folder cannot be read ({error.strerror}): check its permissions"
            self.errors.append(ArticleError(printable(folder) or ".", 1, problem))
            return
        below: list[str] = []
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if _is_folder(entry):
                if entry.is_symlink():
                    self.warnings.append(f"{printable(path)}: a link to a folder is not followed")
                elif not entry.name.startswith("."):
                    below.append(path)
            elif self._is_article(entry, path):
                yield path
        for path in below:
            yield from self._below(path)

    def _is_article(self, entry: os.DirEntry[str], path: str) -> bool:
        if entry.name.startswith(".") or not entry.name.lower().endswith(ENDINGS):
            return False
        # Only a link can lead out; to look at every file takes longer than to read it.
        return self.usable(path) if entry.is_symlink() or path == NOTE else True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def printable(path: str) -> str:
    """A path that can be printed: bytes of a name that are not UTF-8 become `?`."""
    return path.encode("utf-8", "replace").decode()


def _is_about_the_folder(file: Path) -> bool:
    from kb.content.header import has_header

    try:
        return not has_header(file.read_text("utf-8-sig", errors="replace"))
    except OSError:
        return False


def _inside(file: Path, root: Path) -> bool:
    try:
        return file.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link to itself is inside, and no file: that is told later
        return True
