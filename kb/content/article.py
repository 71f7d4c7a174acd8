"""What an article is once it has been read: the shape that all later stages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Literal

# Of the files that articles are written in.
ENDINGS = (".md", ".markdown")
# The longest of a real help centre's 414 articles has 14 KB. Markdown takes some 1.5 seconds per MB,
# and a text of 2 MB is a book or a log file under the wrong name.
LARGEST = 2 * 2**20

PassageKind = Literal["title", "question", "learned", "body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A run of an article's text under one heading.

    `heading` and `anchor` are empty for the text before the first heading. `blocks` are the plain
    texts of its paragraphs, list items, table rows and code blocks, in reading order.
    """

    heading: str
    anchor: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A local picture of an article: its file below the articles folder, and the name it is served under."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article in one language.

    `path` is relative to the articles folder, with `/`. `html` is safe to show as it is: sanitised,
    with an id on every heading, links between articles as `/help/<locale>/<slug>#anchor` and local
    pictures as `/help/images/<name>`. `extra` keeps front matter this project does not know.
    """

    slug: str
    locale: str
    title: str
    path: str
    html: str
    sections: tuple[Section, ...]
    questions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None
    draft: bool = False
    suggest: bool = True
    aliases: tuple[str, ...] = ()
    updated: date | None = None
    images: tuple[Image, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is searched: a title, a question, one learned from customers, or a stretch of an article's body.

    `text` is what matches and, for a body, what excerpts are cut from. `heading` is the heading it
    stands under, else empty.
    """

    slug: str
    locale: str
    kind: PassageKind
    text: str
    heading: str = ""
    anchor: str = ""

    @property
    def named(self) -> bool:
        """Whether it says what the article is asked for, as its title and questions do."""
        return self.kind != "body"

    @property
    def digest(self) -> str:
        """Content hash: passages with the same one have the same vector under one encoder."""
        return _digest(self.heading, self.text)


# An index run asks for each passage's half a dozen times.
@lru_cache(maxsize=2**15)
def _digest(heading: str, text: str) -> str:
    return sha256(f"{heading}\n{text}".encode()).hexdigest()[:32]
