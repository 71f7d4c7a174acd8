"""Lists, quotes and code laid out as writers do, turned into the layout Python-Markdown asks for.

Python-Markdown wants four spaces per level, an empty line before a list, and fenced code at the
margin only. Writers follow what GitHub shows them (CommonMark): two or three spaces, a list right
under its paragraph, code within a step. Without this step a third of a real help centre's nested
lists come out flat and its code as prose.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

STEP = " " * 4
ITEM = re.compile(r"([-*+]|\d{1,9}[.)])( +)(?=\S)")
RULE = re.compile(r"([-*_])( *\1){2,} *$")
FENCE = re.compile(r"(`{3,}|~{3,}) *([^`]*)$")
LANGUAGE = re.compile(r"[\w+#-]+")
HEADING = re.compile(r"#{1,6} ")
# Where attributes in braces do not stand as Python-Markdown wants them: "Heading{#id}", "[link](…) {.class}".
GLUED = re.compile(r"(?<=[^\s{])(?=\{:?[#.][^{}]*\}\s*$)")
LOOSE = re.compile(r"(?<=\)) +(?=\{:?[#.][^{}]*\})")
STRAY = re.compile(r"\{:?[ ]*[#.][^{}]*\}")
VERBATIM = re.compile(r"<(pre|script|style|textarea)\b|<(!--)", re.IGNORECASE)

Stash = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Level:
    """An open list item: the column its content starts at, and whether its list is numbered."""

    content: int
    numbered: bool


def laid_out(lines: list[str], stash: Stash) -> list[str]:
    """The same document in Python-Markdown's layout; `stash` keeps finished HTML and returns its stand-in."""
    layout = _Layout(stash)
    rest = [line.expandtabs(4) if line[:1].isspace() else line for line in lines]
    while rest:
        rest = rest[layout.take(rest) :]
    return layout.lines


class _Layout:
    def __init__(self, stash: Stash) -> None:
        self.stash = stash
        self.lines: list[str] = []
        self.levels: list[_Level] = []
        self.in_paragraph = False
        self.on_item_line = False

    def take(self, rest: list[str]) -> int:
        """Lays out what begins on the first line; returns how many lines that took."""
        line = rest[0]
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        if not text:
            # Python-Markdown's time grows with the square of empty lines in a row.
            self.lines += [""] * (self.lines[-3:] != [""] * 3)
            self.in_paragraph = False
            return 1
        closed = self._close_items(indent, text)
        inner = indent - (self.levels[-1].content if self.levels else 0)
        if inner >= len(STEP) and not (self.in_paragraph and self.levels and ITEM.match(text)):
            return self._plain(line, inner)
        if fence := FENCE.match(text):
            return self._code(rest, indent, fence)
        if text.startswith(">"):
            return self._quote(rest)
        if (item := ITEM.match(text)) and not RULE.match(text) and self._may_start(item, closed):
            return self._item(text, indent, item, closed)
        verbatim = VERBATIM.search(text)
        return self._verbatim(rest, verbatim) if verbatim else self._plain(line, max(inner, 0))

    def _close_items(self, indent: int, text: str) -> _Level | None:
        """Closes the items a line no longer belongs to; returns the last one closed."""
        closed = None
        lazy = self.in_paragraph and not _begins_block(text)
        while self.levels and indent < self.levels[-1].content and not lazy:
            closed = self.levels.pop()
        return closed

    def _may_start(self, item: re.Match[str], closed: _Level | None) -> bool:
        """Within a paragraph only a bullet or a 1 starts a list: "in\\n1986. A good year" is prose."""
        marker = item[1]
        return bool(closed or not self.in_paragraph or not marker[0].isdigit() or marker[:-1] == "1")

    def _item(self, text: str, indent: int, item: re.Match[str], closed: _Level | None) -> int:
        numbered = item[1][0].isdigit()
        pad = STEP * len(self.levels)
        other_kind = closed is not None and closed.numbered != numbered
        if self.in_paragraph and (other_kind or not self.on_item_line):
            self.lines.append("")
        marker = item[1][:-1] + "." if numbered else item[1]
        self.lines.append(f"{pad}{marker} {LOOSE.sub('', text[item.end() :])}")
        gap = len(item[2]) if len(item[2]) <= len(STEP) else 1
        self.levels.append(_Level(indent + len(item[1]) + gap, numbered))
        self.in_paragraph = self.on_item_line = True
        return 1

    def _plain(self, line: str, inner: int) -> int:
        """A line of a paragraph, heading or table; `inner` spaces of its own matter from four (code) on."""
        heading = HEADING.match(line.lstrip())
        text = GLUED.sub(" ", line) if heading else LOOSE.sub("", line)
        if not self.in_paragraph:
            self.on_item_line = False
            text = "" if STRAY.fullmatch(line.strip()) else text
        if self.levels:
            own = " " * inner if inner >= len(STEP) and not self.in_paragraph else ""
            text = STEP * len(self.levels) + own + text.lstrip()
        self.lines.append(text)
        self.in_paragraph = not heading
        return 1

    def _code(self, rest: list[str], indent: int, fence: re.Match[str]) -> int:
        close = re.compile(rf" *{re.escape(fence[1][0])}{{{len(fence[1])},}} *$")
        end = next((n for n, line in enumerate(rest) if n and close.match(line)), len(rest))
        code = "\n".join(line[min(indent, len(line) - len(line.lstrip())) :] for line in rest[1:end])
        language = LANGUAGE.search(fence[2])
        name = f' class="language-{language[0]}"' if language else ""
        self._apart([self.stash(f"<pre><code{name}>{escape(code)}\n</code></pre>")])
        return end + 1

    def _quote(self, rest: list[str]) -> int:
        """A quotation is a document of its own, laid out by the same rules."""
        end = next((n for n, line in enumerate(rest) if not line.lstrip().startswith(">")), len(rest))
        inner = [re.sub(r"^ *> ?", "", line) for line in rest[:end]]
        self._apart([f"> {line}" for line in laid_out(inner, self.stash)])
        return end

    def _verbatim(self, rest: list[str], opening: re.Match[str]) -> int:
        """Raw HTML whose spaces matter, and comments, up to where they close: not touched."""
        close = "-->" if opening[2] else f"</{opening[1].lower()}"
        start = rest[0].lower().find(opening[0].lower())
        if close in rest[0].lower()[start:]:
            return self._plain(rest[0], 0)
        end = next((n for n, line in enumerate(rest) if n and close in line.lower()), 0)
        self.lines += rest[: end + 1]
        return end + 1

    def _apart(self, block: list[str]) -> None:
        """A block between empty lines, at the level it stands on."""
        pad = STEP * len(self.levels)
        self.lines += ["", *(pad + line for line in block), ""]
        self.in_paragraph = False


def _begins_block(text: str) -> bool:
    starts = (ITEM.match(text), RULE.match(text), FENCE.match(text), HEADING.match(text))
    return any(starts) or text.startswith((">", "<"))
