"""A folder of Markdown files -> articles, and what their writers must mend."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from indexer.found import Articles, ArticlesFolder
from indexer.kept import KeptFile, Page, hash_of, json_of, json_of_passages
from indexer.needs import Looked, Signs
from indexer.plan import digest
from indexer.read_before import ReadBefore
from indexer.walk import Stamp, Walk, printable, stamp_of
from kb.content.article import LARGEST
from kb.content.locales import locales_of
from kb.content.passages import passages_of
from kb.content.pictures import Pictures
from kb.content.synonyms import SYNONYMS, SynonymGroup, read_synonyms
from kb.errors import ArticleError, ArticlesError

if TYPE_CHECKING:
    from kb.content.reading import ParsedArticle

Progress = Callable[[int, int], None]


def read_articles(
    folder: Path, default_locale: str, progress: Progress | None = None, before: ReadBefore | None = None
) -> ArticlesFolder:
    """Reads every article of a folder, in order of path.

    A file that is as it was `before` is not parsed again. `progress` is told files done and files in all.
    Raises ArticlesError when there is nothing to read.
    """
    if not folder.exists():
        raise ArticlesError(f"{folder}: no such folder: name the one your articles are in")
    if not folder.is_dir():
        raise ArticlesError(f"{folder}: not a folder: name the folder the article is in")
    reading = _Reading(folder.resolve(), before or ReadBefore(None))
    paths = reading.walk.paths()
    if not paths and not reading.walk.errors:
        raise ArticlesError(f"{folder}: no articles (*.md) in it: name another folder, or write one")
    reading.read(locales_of(paths, default_locale), progress)
    reading.refuse_doubles()
    reading.read_synonyms()
    return reading.finished()


@dataclass(slots=True, kw_only=True)
class _Read:
    """A file's page, with what was kept of it or, if it had to be parsed, what that gave."""

    page: Page
    stamp: Stamp
    read_at: int
    hash: str
    kept: KeptFile | None
    parsed: ParsedArticle | None = field(default=None)


class _Reading:
    """Two steps, since a link is known to be good only when all articles are known."""

    def __init__(self, root: Path, before: ReadBefore) -> None:
        self.root = root
        self.walk = Walk(root)
        self.pictures = Pictures(root)
        self.before = before
        self.files: list[_Read] = []
        self.errors: list[ArticleError] = self.walk.errors
        self.synonyms: tuple[SynonymGroup, ...] | None = ()

    def read(self, locales: Mapping[str, str], progress: Progress | None) -> None:
        for done, path in enumerate(sorted(locales), start=1):
            try:
                self.files.append(self.file(path, locales[path]))
            except ArticleError as error:
                self.errors.append(error)
            if progress:
                progress(done, len(locales))

    def file(self, path: str, locale: str) -> _Read:
        """A file as it was read before if it is the same, else parsed. Raises ArticleError."""
        stamp, now = stamp_of(self.root / path) or Stamp(0, 0, 0, 0), time.time_ns()
        kept = self.before.rows.get(path)
        if kept and kept.page.locale != locale:
            kept = None
        if kept and kept.trusted(stamp):
            return _Read(page=kept.page, stamp=stamp, read_at=kept.read_at, hash=kept.hash, kept=kept)
        content = self.content(path)
        hashed = hash_of(content)
        if kept and kept.hash == hashed:
            return _Read(page=kept.page, stamp=stamp, read_at=now, hash=hashed, kept=kept)
        from indexer.following import page_of
        from kb.content.reading import parse_article

        parsed = parse_article(content, path, locale)
        return _Read(page=page_of(parsed), stamp=stamp, read_at=now, hash=hashed, kept=None, parsed=parsed)

    def again(self, file: _Read) -> ParsedArticle:
        """Parses a file whose links have to be followed anew. Raises ArticleError."""
        from kb.content.reading import parse_article

        content = self.content(file.page.path)
        if hash_of(content) != file.hash:
            raise ArticleError(file.page.path, 1, "it has changed while it was read: index again")
        return parse_article(content, file.page.path, file.page.locale)

    def content(self, path: str) -> bytes:
        """The file's bytes, or enough of them to see that it is too large."""
        if printable(path) != path:
            raise ArticleError(printable(path), 1, "the file's name is not UTF-8: rename it")
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
        kept: list[_Read] = []
        for file in self.files:
            page = file.page
            first = taken.setdefault((page.locale, page.slug), page.path)
            if first == page.path:
                kept.append(file)
            else:
                problem = f"`{page.slug}` is already the address of {first}: rename one of them"
                self.errors.append(ArticleError(page.path, 1, problem))
        self.files = [file for file in kept if not self.takes_another(file.page, taken)]

    def takes_another(self, page: Page, taken: dict[tuple[str, str], str]) -> bool:
        for alias in page.aliases:
            first = taken.setdefault((page.locale, alias), page.path)
            if first != page.path:
                problem = f"alias `{alias}` is already an address of {first}: take it out of one of them"
                self.errors.append(ArticleError(page.path, page.aliases_line, problem))
                return True
        return False

    def read_synonyms(self) -> None:
        """The admin's file beside the articles, if there is one."""
        if not (self.root / SYNONYMS).exists() or not self.walk.usable(SYNONYMS):
            return
        try:
            locales = frozenset(file.page.locale for file in self.files)
            self.synonyms = read_synonyms(self.content(SYNONYMS), SYNONYMS, locales)
        except ArticleError as error:
            self.synonyms = None
            self.errors.append(error)

    def finished(self) -> ArticlesFolder:
        pages = {normalize("NFC", file.page.path): file.page for file in self.files if not file.page.draft}
        signs = Signs(self.root, pages)
        rows: dict[str, KeptFile] = {}
        for file in self.files:
            try:
                rows[file.page.path] = self.followed(file, signs)
            except ArticleError as error:
                self.errors.append(error)
        self.before.save(rows)
        errors = sorted(self.errors, key=lambda error: (error.path, error.line))
        return ArticlesFolder(
            articles=Articles([kept for kept in rows.values() if not kept.page.draft]),
            drafts=Articles([kept for kept in rows.values() if kept.page.draft]),
            errors=tuple(errors),
            warnings=(*self.walk.warnings, *(told for kept in rows.values() for told in kept.warnings)),
            synonyms=self.synonyms,
        )

    def followed(self, file: _Read, signs: Signs) -> KeptFile:
        """The finished article; its links are followed again only if what they lead to has changed."""
        if file.kept and signs.hold(file.kept.needs):
            same = file.kept.stamp == file.stamp and file.kept.read_at == file.read_at
            return file.kept if same else replace(file.kept, stamp=file.stamp, read_at=file.read_at)
        from indexer.following import follow

        looked = Looked(signs)
        article, warnings = follow(file.parsed or self.again(file), looked, self.pictures)
        return KeptFile(
            page=file.page, stamp=file.stamp, read_at=file.read_at, hash=file.hash, digest=digest(article),
            article=json_of(article), passages=json_of_passages(passages_of(article)), warnings=warnings,
            needs=looked.needs,
        )  # fmt: skip
