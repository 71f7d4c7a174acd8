"""The text of an article, section by section and block by block, as search sees it."""

from __future__ import annotations

from lxml.html import HtmlElement

from kb.content.article import Section
from kb.content.markup import ALERTS, HEADINGS
from kb.content.tree import text_of, words_of

BLOCKS = {
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl",
    "dt", "figcaption", "figure", "footer", "header", "hgroup", "hr", "li", "main", "nav", "ol", "p",
    "section", "summary", "table", "tbody", "tfoot", "thead", "ul",
}  # fmt: skip


def sections_of(root: HtmlElement) -> tuple[Section, ...]:
    """The article's text in reading order. Each heading opens a section, even one without text."""
    cutter = _Cutter()
    cutter.walk(root)
    cutter.close()
    return tuple(cutter.sections)


class _Cutter:
    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.heading = self.anchor = ""
        self.blocks: list[str] = []
        self.texts: list[str] = []
        self.only_links_within = True

    def walk(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in HEADINGS:
            self.close()
            self.heading, self.anchor = text_of(element), element.get("id", "")
        elif tag == "tr":
            self.block(" · ".join(text for cell in element if (text := text_of(cell))))
        elif tag == "pre":
            self.block("\n".join(line.rstrip() for line in element.text_content().strip("\n").split("\n")))
        elif not _is_furniture(element):
            if tag in BLOCKS:
                self.flush()
            self.flow(element)
            if tag in BLOCKS:
                self.flush()

    def flow(self, element: HtmlElement) -> None:
        """Text and children of an element that is not a block of one piece."""
        within = element.tag == "a" and element.get("href", "").startswith("#")
        self.say(" " if element.tag == "br" else element.text, within)
        for child in element:
            self.walk(child)
            self.say(child.tail, within)

    def say(self, text: str | None, within: bool) -> None:
        self.texts.append(text or "")
        if not within and any(map(str.isalnum, text or "")):
            self.only_links_within = False

    def flush(self) -> None:
        """Ends a block of running text. Links to the page's own headings are a table of contents, and
        say nothing that the headings do not: they are left out.
        """
        text = words_of("".join(self.texts))
        if text and not self.only_links_within:
            self.blocks.append(text)
        self.texts, self.only_links_within = [], True

    def block(self, text: str) -> None:
        """A block of one piece: a table row or code."""
        self.flush()
        if text.strip():
            self.blocks.append(text)

    def close(self) -> None:
        """Ends a section."""
        self.flush()
        if self.blocks or self.heading:
            section = Section(heading=self.heading, anchor=self.anchor, blocks=tuple(self.blocks))
            self.sections.append(section)
        self.blocks = []


def _is_furniture(element: HtmlElement) -> bool:
    """Footnote marks and the label "Note" of a note: for the eye, not for search."""
    if element.get("href", "").startswith(("#fn:", "#fnref:")):
        return True
    return element.get("class") == "admonition-title" and text_of(element).lower() in ALERTS
