"""A folder of Markdown files -> articles, and what their writers must mend."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.locales import locales_of
from kb.content.article import Article
from kb.content.header import has_header
from kb.content.links import ENDINGS, follow_links, shelf_of
from kb.content.pictures import Pictures
from kb.content.reading import LARGEST, ParsedArticle, parse_article
from kb.content.synonyms import SYNONYMS, SynonymGroup, read_synonyms
from kb.errors import ArticleError, ArticlesError

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesFolder:
    """What a folder holds. Every Markdown file is in one of `articles`, `drafts` and `errors`.

    `synonyms` is None when their file has an error.
    """

    articles: tuple[Article, ...]
    drafts: tuple[Article, ...]
    errors: tuple[ArticleError, ...]
    warnings: tuple[str, ...]
    synonyms: tuple[SynonymGroup, ...] | None = ()


def read_articles(folder: Path, default_locale: str, progress: Progress | None = None) -> ArticlesFolder:
    """Reads every article of a folder, in order of path.

    `progress` is told files done and files in all. Raises ArticlesError when there is nothing to read.
    """
    if not folder.exists():
        raise ArticlesError(f"{folder}: no such folder: name the one your articles are in")
    if not folder.is_dir():
        raise ArticlesError(f"{folder}: not a folder: name the folder the article is in")
    reading = _Reading(folder)
    paths = list(reading.paths())
    if not paths:
        raise ArticlesError(f"{folder}: no articles (*.md) in it: name another folder, or write one")
    reading.parse(locales_of(paths, default_locale), progress)
    reading.refuse_doubles()
    reading.read_synonyms()
    return reading.finished()


class _Reading:
    """Two steps, since a link is known to be good only when all articles are known."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder.resolve()
        self.parsed: list[ParsedArticle] = []
        self.errors: list[ArticleError] = []
        self.warnings: list[str] = []
        self.synonyms: tuple[SynonymGroup, ...] | None = ()

    def paths(self) -> Iterator[str]:
        """Markdown files below the folder, relative to it; hidden ones and what lies elsewhere left out."""
        for top, folders, files in os.walk(self.root):
            below = Path(top).relative_to(self.root)
            for name in sorted(folders):
                if (Path(top) / name).is_symlink():
                    self.warnings.append(f"{_printable(below / name)}: a link to a folder is not followed")
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                if name.lower().endswith(ENDINGS) and not name.startswith(".") and self.usable(below / name):
                    yield (below / name).as_posix()

    def usable(self, path: Path) -> bool:
        file = self.root / path
        if not _inside(file, self.root):
            self.warnings.append(f"{_printable(path)}: a link out of the articles folder: not read")
            return False
        if path.as_posix() == "README.md" and _is_about_the_folder(file):
            self.warnings.append("README.md: taken as a note about the folder: add front matter to index it")
            return False
        return True

    def parse(self, locales: dict[str, str], progress: Progress | None) -> None:
        for done, path in enumerate(sorted(locales), start=1):
            try:
                self.parsed.append(parse_article(self.content(path), path, locales[path]))
            except ArticleError as error:
                self.errors.append(error)
            if progress:
                progress(done, len(locales))

    def content(self, path: str) -> bytes:
        """The file's bytes, or enough of them to see that it is too large."""
        if _printable(path) != path:
            raise ArticleError(_printable(path), 1, "the file's name is not UTF-8: rename it")
        file = self.root / path
        try:
            if not file.is_file():
                raise ArticleError(path, 1, "no file: mend the link, or remove it")
            with file.open("rb") as stream:
                return stream.read(LARGEST + 1)
        except OSError as error:
            problem = f"cannot be read ({error.strerror}): check its permissions"
            raise ArticleError(path, 1, problem) from error

    def refuse_doubles(self) -> None:
        """One address, one article: the second of a locale with a slug or an old slug that is taken goes."""
        taken: dict[tuple[str, str], str] = {}
        kept: list[ParsedArticle] = []
        for article in self.parsed:
            first = taken.setdefault((article.locale, article.slug), article.path)
            if first == article.path:
                kept.append(article)
            else:
                problem = f"`{article.slug}` is already the address of {first}: rename one of them"
                self.errors.append(ArticleError(article.path, 1, problem))
        self.parsed = [article for article in kept if not self.takes_another(article, taken)]

    def takes_another(self, article: ParsedArticle, taken: dict[tuple[str, str], str]) -> bool:
        for alias in article.header.aliases:
            first = taken.setdefault((article.locale, alias), article.path)
            if first != article.path:
                problem = f"alias `{alias}` is already an address of {first}: take it out of one of them"
                self.errors.append(ArticleError(article.path, article.header.lines["aliases"], problem))
                return True
        return False

    def read_synonyms(self) -> None:
        """The admin's file beside the articles, if there is one."""
        file = self.root / SYNONYMS
        if not file.exists() or not self.usable(Path(SYNONYMS)):
            return
        try:
            locales = frozenset(article.locale for article in self.parsed)
            self.synonyms = read_synonyms(self.content(SYNONYMS), SYNONYMS, locales)
        except ArticleError as error:
            self.synonyms = None
            self.errors.append(error)

    def finished(self) -> ArticlesFolder:
        published = [article for article in self.parsed if not article.header.draft]
        shelf = shelf_of(published, Pictures(self.root))
        articles: list[Article] = []
        for parsed in self.parsed:
            article, warnings = follow_links(parsed, shelf)
            articles.append(article)
            self.warnings += warnings
        return ArticlesFolder(
            articles=tuple(article for article in articles if not article.draft),
            drafts=tuple(article for article in articles if article.draft),
            errors=tuple(sorted(self.errors, key=lambda error: (error.path, error.line))),
            warnings=tuple(self.warnings),
            synonyms=self.synonyms,
        )


def _is_about_the_folder(file: Path) -> bool:
    try:
        return not has_header(file.read_text("utf-8-sig", errors="replace"))
    except OSError:
        return False


def _inside(file: Path, root: Path) -> bool:
    try:
        return file.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link to itself is inside, and no file: that is told later
        return True


def _printable(path: Path | str) -> str:
    """A path that can be printed: bytes of a name that are not UTF-8 become `?`."""
    return str(path).encode("utf-8", "replace").decode()
