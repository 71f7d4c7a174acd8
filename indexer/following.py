"""Links followed: imported only when a file has changed, since lxml is slow to load."""

from __future__ import annotations

from indexer.kept import Page
from indexer.needs import Looked
from kb.content.article import Article, Image
from kb.content.links import Shelf, follow_links
from kb.content.pictures import Pictures
from kb.content.reading import ParsedArticle


def page_of(parsed: ParsedArticle) -> Page:
    header = parsed.header
    return Page(
        path=parsed.path, slug=parsed.slug, locale=parsed.locale, draft=header.draft, aliases=header.aliases,
        aliases_line=header.lines.get("aliases", 1), ids=parsed.ids,
    )  # fmt: skip


def follow(parsed: ParsedArticle, looked: Looked, pictures: Pictures) -> tuple[Article, tuple[str, ...]]:
    """The finished article and warnings; `looked` comes to know what they depend on."""
    return follow_links(parsed, Shelf(looked, _Noting(pictures, looked)))


class _Noting(Pictures):
    """Pictures that notes which are asked for."""

    def __init__(self, pictures: Pictures, looked: Looked) -> None:
        self._pictures = pictures
        self._looked = looked

    def find(self, path: str) -> Image:
        self._looked.picture(path)
        return self._pictures.find(path)
