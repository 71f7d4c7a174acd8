"""What an article's links depend on beyond its own file: recorded when they are followed, compared later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, ValuesView
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from indexer.kept import Page
from indexer.walk import stamp_of

ALL = "*"
PICTURE = "picture:"


class Signs:
    """Of all that a link can lead to, a sign that changes when it does; empty for what is not there."""

    def __init__(self, root: Path, pages: Mapping[str, Page]) -> None:
        self._root = root
        self.pages = pages
        self._known: dict[str, str] = {}

    def __getitem__(self, need: str) -> str:
        if need not in self._known:
            self._known[need] = self._sign(need)
        return self._known[need]

    def hold(self, needs: Mapping[str, str]) -> bool:
        """Whether all is as it was."""
        return all(self[need] == sign for need, sign in needs.items())

    def _sign(self, need: str) -> str:
        if need == ALL:
            return self._all
        if need.startswith(PICTURE):
            stamp = stamp_of(self._root / need.removeprefix(PICTURE))
            return f"{stamp.size} {stamp.modified} {stamp.changed} {stamp.number}" if stamp else ""
        page = self.pages.get(need)
        return page.sign if page else ""

    @cached_property
    def _all(self) -> str:
        return sha256("\n".join(sorted(self.pages)).encode("utf-8", "replace")).hexdigest()[:16]


class Looked(Mapping[str, Page]):
    """The pages of a shelf; `needs` gets a sign of each that is asked for."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs
        self.needs: dict[str, str] = {}

    def __getitem__(self, path: str) -> Page:
        self.needs[path] = self._signs[path]
        return self._signs.pages[path]

    def values(self) -> ValuesView[Page]:
        self.needs[ALL] = self._signs[ALL]
        return self._signs.pages.values()

    def __iter__(self) -> Iterator[str]:
        self.needs[ALL] = self._signs[ALL]
        return iter(self._signs.pages)

    def __len__(self) -> int:
        return len(self._signs.pages)

    def picture(self, path: str) -> None:
        """A picture is asked for."""
        self.needs[PICTURE + path] = self._signs[PICTURE + path]
