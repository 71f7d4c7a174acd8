"""Links between articles and to local pictures, followed to where the article will be served."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from unicodedata import normalize
from urllib.parse import SplitResult, quote, unquote, urlsplit

from lxml.html import HtmlElement

from kb.content.article import ENDINGS, Article, Image
from kb.content.markup import safe
from kb.content.pictures import PictureError, Pictures
from kb.content.reading import ParsedArticle
from kb.content.slugs import anchor_of
from kb.content.tree import html_within, tree_of

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg")


class Linked(Protocol):
    """What a link needs to know of the article it leads to."""

    @property
    def path(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def ids(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """What links can lead to: articles by their path in NFC, and pictures."""

    articles: Mapping[str, Linked]
    pictures: Pictures


def shelf_of(articles: Iterable[Linked], pictures: Pictures) -> Shelf:
    """A shelf with these articles; drafts are not served and so do not belong on it."""
    return Shelf({normalize("NFC", article.path): article for article in articles}, pictures)


def follow_links(parsed: ParsedArticle, shelf: Shelf) -> tuple[Article, tuple[str, ...]]:
    """The finished article, and a warning `path:line: …` for each thing in it that could not be used."""
    links = _Links(parsed, shelf)
    root = tree_of(parsed.html)
    for element in list(root.iter("a", "img")):
        links.follow(element)
    header = parsed.header
    article = Article(
        slug=parsed.slug, locale=parsed.locale, title=parsed.title, path=parsed.path,
        html=safe(html_within(root)), sections=parsed.sections, questions=header.questions, tags=header.tags,
        url=header.url, draft=header.draft, suggest=header.suggest, updated=header.updated,
        aliases=tuple(alias for alias in header.aliases if alias != parsed.slug),
        images=tuple(links.images.values()), extra=header.extra,
    )  # fmt: skip
    return article, tuple(links.warnings)


class _BrokenLinkError(Exception):
    """Why a link leads nowhere, and what to do."""


class _Links:
    def __init__(self, parsed: ParsedArticle, shelf: Shelf) -> None:
        self.parsed = parsed
        self.shelf = shelf
        self.images: dict[str, Image] = {}
        self.warnings: list[str] = []
        for key, meant in parsed.header.misspelt():
            line = parsed.header.lines[key]
            self.warnings.append(f"{parsed.path}:{line}: `{key}` means nothing here: write `{meant}`")
        for name in parsed.left_out:
            self.warn(f"<{name}", f"`<{name}>` is left out: use Markdown, a picture or a link instead")

    def warn(self, words: str, problem: str) -> None:
        line = self.parsed.line_of(words, unquote(words))
        self.warnings.append(f"{self.parsed.path}:{line}: {problem}")

    def follow(self, element: HtmlElement) -> None:
        """Rewrites one link or picture; what leads nowhere loses its address and keeps its words."""
        attribute = "href" if element.tag == "a" else "src"
        address = element.get(attribute)
        if (address or "").startswith("#fnref") and (address or "")[1:] not in self.parsed.ids:
            element.drop_tree()  # the way back from a footnote that nothing refers to
            return
        if address is None and element.tag == "a":
            return
        try:
            element.set(attribute, self.target(address or "", picture=element.tag == "img"))
        except _BrokenLinkError as broken:
            self.warn(address or "", f"`{unquote(address or '')}` {broken}")
            element.attrib.pop(attribute, None)
            if element.tag == "img":
                _leave_words(element)

    def target(self, address: str, *, picture: bool) -> str:
        """Where an address as written leads once served. Raises _BrokenLinkError."""
        try:
            parts = urlsplit(address)
        except ValueError as error:
            raise _BrokenLinkError("is no possible address: correct it") from error
        if parts.scheme or parts.netloc:
            return address
        path = self.below(parts.path)
        if picture or path.lower().endswith(PICTURE_ENDINGS):
            return self.picture(path)
        return self.article(path, parts) if parts.path else self.here(parts)

    def below(self, written: str) -> str:
        """A written path as one below the articles folder; from its top if it begins with `/`."""
        base = "" if written.startswith("/") else posixpath.dirname(self.parsed.path)
        path = posixpath.normpath(posixpath.join(base, unquote(written).lstrip("/")))
        if path.split("/")[0] == "..":
            raise _BrokenLinkError(
                "leads out of the articles folder: copy the file in, or link to its full address"
            )
        return path

    def picture(self, path: str) -> str:
        try:
            image = self.shelf.pictures.find(path)
        except PictureError as problem:
            raise _BrokenLinkError(str(problem)) from problem
        self.images[image.name] = image
        return f"/help/images/{image.name}"

    def article(self, path: str, parts: SplitResult) -> str:
        path = normalize("NFC", path)
        found = next(filter(None, (self.shelf.articles.get(path + end) for end in ("", *ENDINGS))), None)
        if found is None:
            raise _BrokenLinkError(
                f"is no published article{self.hint(path)}: correct the link, or take it out"
            )
        page = f"/help/{found.locale}/{quote(found.slug)}"
        try:
            return page + self.fragment(found, parts.fragment)
        except _BrokenLinkError as broken:
            self.warn(parts.geturl(), f"`{unquote(parts.geturl())}` {broken}")
            return page

    def here(self, parts: SplitResult) -> str:
        if parts.query:
            raise _BrokenLinkError("leads nowhere: link to an article or a full address")
        return "#" if parts.fragment in ("", "top") else self.fragment(self.parsed, parts.fragment)

    def fragment(self, article: Linked, written: str) -> str:
        """`#anchor` for a written one, forgiving about case and punctuation. Raises _BrokenLinkError."""
        anchor = unquote(written)
        if not anchor:
            return ""
        if anchor not in article.ids:
            near = {_alike(known): known for known in sorted(article.ids, reverse=True)}
            if _alike(anchor) not in near:
                raise _BrokenLinkError(f"leads to no heading of {article.path}: correct what follows the `#`")
            anchor = near[_alike(anchor)]
        return "#" + quote(anchor)

    def hint(self, path: str) -> str:
        """Points to an article of the same file name, in this locale first."""
        stem = posixpath.basename(path).removesuffix(".md")
        near = [a for a in self.shelf.articles.values() if posixpath.basename(a.path) == f"{stem}.md"]
        if not near:
            return ""
        nearest = min(near, key=lambda a: (a.locale != self.parsed.locale, a.path))
        return f" (there is {posixpath.relpath(nearest.path, posixpath.dirname(self.parsed.path) or '.')})"


def _alike(anchor: str) -> str:
    return anchor_of(anchor, "").replace("-", "").replace("_", "")


def _leave_words(image: HtmlElement) -> None:
    """A picture that is not there leaves the words that were to stand in for it."""
    image.tail = (image.get("alt") or "") + (image.tail or "")
    image.drop_tree()
