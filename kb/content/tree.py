"""Safe HTML as a tree: one title, an id on every heading, alerts as boxes."""

from __future__ import annotations

import re
from unicodedata import normalize

from lxml.html import HtmlElement, HTMLParser, fragment_fromstring, tostring
from markdown.extensions.toc import unique

from kb.content.markup import ALERTS, HEADINGS
from kb.content.slugs import anchor_of

# Deeper than any page is meant to be, and well within what the parser and Python's stack can take.
DEEPEST = 150
VOID = {"br", "hr", "img", "wbr", "col"}
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")
CJK_BREAK = re.compile(r"(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])\n(?=[\u3000-\u30ff\u3400-\u9fff])")
ALERT = re.compile(rf"\s*\[!({'|'.join(ALERTS)})\]\s*", re.IGNORECASE)


class TooDeepError(Exception):
    """HTML with elements nested deeper than DEEPEST."""


def tree_of(html: str) -> HtmlElement:
    """The tree of a piece of safe HTML, below a `div` of its own. Raises TooDeepError."""
    depth = deepest = 0
    for closing, name in TAG.findall(html):
        depth += 0 if name in VOID else -1 if closing else 1
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise TooDeepError
    return fragment_fromstring(html, create_parent="div", parser=HTMLParser(encoding="utf-8"))


def html_within(root: HtmlElement) -> str:
    """The HTML of what is below a tree's own `div`."""
    html: str = tostring(root, encoding="unicode")
    return html.removeprefix("<div>").removesuffix("</div>").strip()


def words_of(text: str) -> str:
    """Text on one line: NFC, nothing invisible, one space between words, none between Chinese lines."""
    visible = INVISIBLE.sub("", normalize("NFC", text))
    return " ".join(CJK_BREAK.sub("", visible).split())


def text_of(element: HtmlElement) -> str:
    """All words of an element; line breaks and blocks separate them."""
    return words_of("".join(_texts(element)))


def _texts(element: HtmlElement) -> list[str]:
    texts = [element.text or ""]
    for child in element:
        apart = " " if child.tag in ("br", "p", "div", "li", "ul", "ol", "pre", "tr", "td", "th") else ""
        texts += [apart, *_texts(child), apart, child.tail or ""]
    return texts


def take_title(root: HtmlElement, title: str) -> str:
    """The title, from the first h1 if there is none yet; that h1, or one that repeats it, is taken out.

    Other h1s become h2s: the page has one h1, and that is the title.
    """
    heading = next((h1 for h1 in root.iter("h1") if text_of(h1)), None)
    if heading is not None:
        first = not (root.text or "").strip() and heading is next(iter(root), None)
        if not title or (first and text_of(heading).casefold() == title.casefold()):
            title = text_of(heading)
            heading.drop_tree()
    for other in list(root.iter("h1")):
        other.tag = "h2"
    return title


def give_ids(root: HtmlElement) -> frozenset[str]:
    """Gives every heading an id of its own, makes repeated ids of anything else go; returns all ids.

    Ids that were written come before made ones, and headings before other elements.
    """
    used: set[str] = set()
    for heading in sorted(root.iter(*HEADINGS), key=lambda heading: not heading.get("id")):
        wanted = heading.get("id", "").strip() or anchor_of(text_of(heading)) or "section"
        heading.set("id", unique(wanted, used))
    for element in root.iter():
        if element.tag in HEADINGS:
            continue
        anchor = (element.get("id") or element.attrib.pop("name", "")).strip()
        element.attrib.pop("id", None)
        element.attrib.pop("name", None)
        if anchor and anchor not in used:
            element.set("id", anchor)
            used.add(anchor)
    return frozenset(used)


def box_alerts(root: HtmlElement) -> None:
    """GitHub's alerts (`> [!NOTE]`) become the boxes that `!!! note` makes."""
    for quote in list(root.iter("blockquote")):
        lead = next(iter(quote), None)
        alert = ALERT.match(lead.text or "") if lead is not None and lead.tag == "p" else None
        if lead is None or alert is None:
            continue
        kind = alert[1].lower()
        lead.text = (lead.text or "")[alert.end() :]
        quote.tag = "div"
        quote.set("class", f"admonition {kind}")
        label = quote.makeelement("p", {"class": "admonition-title"})
        label.text = kind.capitalize()
        quote.insert(0, label)
        if not len(lead) and not lead.text:
            lead.drop_tree()
