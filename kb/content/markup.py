"""Markdown to HTML that is safe to show.

Python-Markdown passes raw HTML through, as help centres need; nh3 then keeps what is on the list
below and nothing else. Safety rests on that list alone, whatever comes before it.
"""

from __future__ import annotations

import re
from functools import cache
from string import punctuation
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import HtmlInlineProcessor
from markdown.preprocessors import Preprocessor

from kb.content.layout import laid_out
from kb.content.slugs import anchor_of

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

# What is never shown, nor the text within it.
DROPPED = {
    "script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript", "noembed",
    "noframes", "textarea", "select", "button", "video", "audio", "canvas", "title", "xmp",
}  # fmt: skip
TAGS = (nh3.ALLOWED_TAGS | {"address", "main", "section", "tfoot"}) - {"area", "map"}
ALERTS = ("note", "tip", "important", "warning", "caution")
CLASSES = {
    *ALERTS, "admonition", "admonition-title", "attention", "danger", "error", "hint", "footnote",
    "footnote-ref",
}  # fmt: skip
LANGUAGE_CLASS = re.compile(r"language-[\w+#-]{1,40}")
# Tags that HTML knows: anything else in angle brackets is a placeholder such as <username>, to be read.
KNOWN_TAGS = TAGS | DROPPED | {
    "form", "input", "label", "option", "fieldset", "legend", "font", "base", "link", "meta", "param",
    "source", "track", "picture", "html", "head", "body", "area", "map", "big", "optgroup", "output",
    "progress", "meter", "dialog", "menu", "slot", "frame", "frameset", "marquee", "nobr", "applet",
    "plaintext",
}  # fmt: skip
# Told to the writer when left out: the rest of what is dropped holds nothing a reader would miss.
LEFT_OUT = re.compile(r"<(script|iframe|object|embed|svg|math|form|video|audio|canvas)\b", re.IGNORECASE)
# Python-Markdown's own pattern leaves tags with unquoted addresses as text.
INLINE_HTML = r"(<(?:/?[a-zA-Z][^\s<>@]*(?:\s[^<>]*)?|!--(?:(?!<!--|-->).)*--)>)"
# Characters that XML, and so lxml, cannot hold; and the mark of the order of bytes, which says nothing
# inside a text, and which whoever reads the HTML next drops.
UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")


def _kept_attribute(_tag: str, name: str, value: str) -> str | None:
    if name != "class":
        return value
    kept = [word for word in value.split() if word in CLASSES or LANGUAGE_CLASS.fullmatch(word)]
    return " ".join(kept) or None


CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED,
    attributes={
        "*": {"id", "class", "dir", "lang", "title"},
        "a": {"href", "name"},
        "img": {"src", "alt", "width", "height"},
        "ol": {"start"},
        "td": {"align", "colspan", "rowspan"},
        "th": {"align", "colspan", "rowspan", "scope"},
        "details": {"open"},
        "time": {"datetime"},
    },
    attribute_filter=_kept_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
)


def html_of(markdown: str) -> tuple[str, tuple[str, ...]]:
    """Safe HTML of a Markdown text, and the names of elements left out of it, such as `iframe`."""
    try:
        raw = _converter().reset().convert(markdown)
    except Exception:
        _converter.cache_clear()  # what broke off half-way would be in the next article
        raise
    left_out = dict.fromkeys(name.lower() for name in LEFT_OUT.findall(raw))
    return safe(raw), tuple(left_out)


def safe(html: str) -> str:
    """HTML with everything taken out that could run, load or pretend."""
    return UNHOLDABLE.sub("", CLEANER.clean(html))


@cache
def _converter() -> Markdown:
    """Built once: putting the extensions together takes longer than reading an article."""
    return Markdown(
        extensions=[
            "extra", "sane_lists", "admonition", TableExtension(use_align_attribute=True),
            TocExtension(slugify=anchor_of), _Writers(),
        ],
    )  # fmt: skip


class _Writers(Extension):
    """What writers do and Python-Markdown does not expect."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # the name Python-Markdown calls
        """Before fenced code (25) and raw HTML (20), after line ends are one kind (30)."""
        md.ESCAPED_CHARS = list(punctuation)  # a backslash takes the meaning from any sign, as on GitHub
        md.preprocessors.register(_LayoutProcessor(md), "layout", 28)
        md.inlinePatterns.register(_KnownHtml(INLINE_HTML, md), "html", 90)


class _LayoutProcessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return laid_out(lines, self.md.htmlStash.store)


class _KnownHtml(HtmlInlineProcessor):
    """`<b>` is markup, `<username>` is a word in angle brackets."""

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the name Python-Markdown calls; None: no match
        self, m: re.Match[str], data: str
    ) -> tuple[str | Element | None, int | None, int | None]:
        name = re.match(r"</?([a-zA-Z][^\s/>]*)", m[0])
        if name and name[1].lower() not in KNOWN_TAGS:
            return None, None, None
        return super().handleMatch(m, data)
