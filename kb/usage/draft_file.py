"""The text of a draft read as an article, whatever folder it is meant for."""

from __future__ import annotations

from pathlib import Path

from kb.content.article import ENDINGS, LARGEST, Article
from kb.content.locales import locales_of
from kb.content.reading import parse_article
from kb.errors import ArticlesError

DRAFTS = "drafts"


def paths_below(articles: Path) -> list[str]:
    """Of all Markdown files below the articles folder, without hidden ones; none where it is not there."""
    found = (path.relative_to(articles) for path in articles.rglob("*") if path.suffix.lower() in ENDINGS)
    return sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))


def read_draft(file: Path, articles: Path, locale: str) -> Article:
    """A file as the article it will be; one outside the articles folder is in `locale`.

    Raises ArticleError for what its writer must mend, ArticlesError when it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise ArticlesError(f"{file}: {error.strerror}; name the file of the draft") from error
    root, place = articles.resolve(), file.resolve()
    if place.is_relative_to(root):
        path = place.relative_to(root).as_posix()
        return article_of(content, path, locales_of({*paths_below(root), path}, locale)[path])
    return article_of(content, file.name, locale)


def article_of(content: bytes, path: str, locale: str) -> Article:
    """A draft's content as an article that is published: links and pictures stay as they are written.

    Raises ArticleError with the line.
    """
    parsed = parse_article(content, path, locale)
    header = parsed.header
    return Article(
        slug=parsed.slug, locale=locale, title=parsed.title, path=path, html=parsed.html,
        sections=parsed.sections, questions=header.questions, tags=header.tags, url=header.url,
        suggest=header.suggest, aliases=header.aliases, updated=header.updated, extra=header.extra,
    )  # fmt: skip
