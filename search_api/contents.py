"""An article's table of contents, read from its headings."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

LEVELS: Final = {"h2": 2, "h3": 3}
LONG_ENOUGH: Final = 3
"""Second-level headings from which on a reader is helped by a list of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading that can be linked to; `level` is 2 or 3."""

    level: int
    anchor: str
    text: str


def contents_of(html: str) -> tuple[Heading, ...]:
    """The headings of a long article, in order; nothing for a short one."""
    reader = _Headings()
    reader.feed(html)
    reader.close()
    found = tuple(reader.found)
    return found if sum(one.level == min(LEVELS.values()) for one in found) >= LONG_ENOUGH else ()


class _Headings(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Heading] = []
        self._open: tuple[str, str] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        anchor = dict(attrs).get("id")
        if tag in LEVELS and anchor:
            self._open, self._text = (tag, anchor), []

    def handle_data(self, data: str) -> None:
        if self._open:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag == self._open[0]:
            text = " ".join("".join(self._text).split())
            self.found.append(Heading(level=LEVELS[tag], anchor=self._open[1], text=text))
            self._open = None
