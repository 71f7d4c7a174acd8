"""One Markdown file as its writer left it -> an article whose links are not followed yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from kb.content.article import LARGEST, Section
from kb.content.header import Header, read_header
from kb.content.markup import html_of
from kb.content.sections import sections_of
from kb.content.slugs import slug_of
from kb.content.time_limit import TooSlowError, time_limit
from kb.content.tree import TooDeepError, box_alerts, give_ids, html_within, take_title, tree_of, words_of
from kb.errors import ArticleError

# The slowest of 2,471 articles took 0.07 seconds; 20,000 signs `[` take Python-Markdown over a minute.
LONGEST_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedArticle:
    """An article as far as its own file tells; `html` is safe, its links and pictures still as written."""

    path: str
    slug: str
    locale: str
    title: str
    header: Header
    text: str
    html: str
    sections: tuple[Section, ...]
    ids: frozenset[str]
    left_out: tuple[str, ...]

    def line_of(self, *wordings: str) -> int:
        """The first line of the file that holds one of these wordings, the first that is there; else 1."""
        found = next((at for words in wordings if (at := self.text.find(words)) >= 0), 0)
        return self.text.count("\n", 0, found) + 1


def parse_article(content: bytes, path: str, locale: str) -> ParsedArticle:
    """Reads a file's content; `path` is relative to the articles folder. Raises ArticleError only."""
    slug = slug_of(PurePosixPath(path).stem)
    if not slug:
        raise ArticleError(path, 1, "the file's name makes no address: give it a name with letters or digits")
    text = _text_of(content, path)
    header, body, line = read_header(text, path)
    try:
        with time_limit(LONGEST_SECONDS):
            page = _page_of(body, header)
    except TooDeepError as error:
        raise ArticleError(path, line, "lists or HTML nested too deep: make it flatter") from error
    except TooSlowError as error:
        problem = "takes too long to read: look for a long run of one sign, such as `[`, or split the article"
        raise ArticleError(path, line, problem) from error
    except Exception as error:  # a parser's bug on one file must not lose all the others
        problem = f"the Markdown cannot be read ({type(error).__name__}): look for broken HTML or nesting"
        raise ArticleError(path, line, problem) from error
    if not page.title:
        raise ArticleError(
            path, 1, "no title: add `title: …` between two lines `---` at the top, or a first line `# …`"
        )
    return ParsedArticle(
        path=path, slug=slug, locale=locale, title=page.title, header=header, text=text, html=page.html,
        sections=page.sections, ids=page.ids, left_out=page.left_out,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What becomes of a body; `title` is empty where neither it nor the header has one."""

    title: str
    html: str
    sections: tuple[Section, ...]
    ids: frozenset[str]
    left_out: tuple[str, ...]


def _page_of(body: str, header: Header) -> _Page:
    html, left_out = html_of(body)
    root = tree_of(html)
    title = words_of(take_title(root, header.title))
    box_alerts(root)
    ids = give_ids(root)
    sections = sections_of(root)
    return _Page(title=title, html=html_within(root), sections=sections, ids=ids, left_out=left_out)


def _text_of(content: bytes, path: str) -> str:
    """The file's text with `\\n` line ends and no byte order mark."""
    if len(content) > LARGEST:
        size = f"{len(content) / 2**20:.1f} MB"
        raise ArticleError(path, 1, f"{size} is over the {LARGEST // 2**20} MB an article may have: split it")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ArticleError(path, 1, "saved as UTF-16: save it as UTF-8")
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise ArticleError(path, line, "a binary file, not Markdown: remove it or rename it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"byte {error.start + 1} (0x{content[error.start]:02x})"
        raise ArticleError(path, line, f"{byte} is not UTF-8: save the file as UTF-8") from error
    return re.sub(r"\r\n?", "\n", text)
