"""JavaScript as tokens: enough of the grammar to make the widget's own modules smaller, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<template>`(?:\\.|\$\{[^{}`]*\}|[^`\\])*`)
    |(?P<name>\#?[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<space>\s+)
    |(?P<mark>\.\.\.|\?\.|=>|.)""",
    re.DOTALL | re.VERBOSE,
)
_PATTERN: Final = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_PATTERN_FOLLOWS: Final = frozenset("(,=:[!&|?{};") | {"", "=>", "return"}


def tokens(source: str) -> list[str]:
    """Everything but comments; a stretch of white space is one piece, a line's end if it holds one."""
    found: list[str] = []
    at, before = 0, ""
    while at < len(source):
        pattern = _PATTERN.match(source, at) if source[at] == "/" and before in _PATTERN_FOLLOWS else None
        match = _TOKEN.match(source, at)
        if match and match.lastgroup == "comment":
            at = match.end()
            continue
        piece = pattern or match
        if piece is None:
            raise ValueError(f"not JavaScript: {source[at : at + 40]!r}")
        at = piece.end()
        text = piece.group()
        if text.isspace():
            found.append("\n" if "\n" in text else " ")
        else:
            found.append(text)
            before = text
    return found


def joined(made: Sequence[str]) -> str:
    """Tokens as text, with white space only where it separates words or ends a statement."""
    parts: list[str] = []
    made = list(_bare(made))
    words = ["let" if piece == "const" else piece for piece in made if not piece.isspace()]
    gaps = _gaps(made)
    last = ";"
    for index, piece in enumerate(words):
        after = words[index + 1] if index + 1 < len(words) else ""
        if after and ((piece == ";" and after == "}") or (piece == "," and after in ")]}")):
            continue
        if _ends_statement(last, piece, gaps[index]):
            parts.append("\n")
        elif (_is_wordy(last[-1]) and _is_wordy(piece[0])) or (last == piece and piece in "+-"):
            parts.append(" ")
        parts.append(piece)
        last = piece
    return "".join(parts)


def _bare(made: Sequence[str]) -> Iterator[str]:
    """A function's only parameter needs no brackets: `(a) => a` as `a => a`."""
    index = 0
    while index < len(made):
        opens, name, closes, *after = [*made[index : index + 5], "", "", "", ""][:5]
        if (opens, closes) == ("(", ")") and is_name(name) and "".join(after).lstrip().startswith("=>"):
            yield name
            index += 3
        else:
            yield made[index]
            index += 1


def _gaps(made: Sequence[str]) -> list[str]:
    """For each piece that is no white space: the white space before it."""
    gaps: list[str] = []
    gap = ""
    for piece in made:
        if piece.isspace():
            gap = max(gap, piece, key="\n".__eq__)
        else:
            gaps.append(gap)
            gap = ""
    return gaps


def _ends_statement(last: str, piece: str, gap: str) -> bool:
    return "\n" in gap and last[-1] not in "{;,([=&|?:>" and piece[0] not in "}),].?:&|="


def is_name(piece: str) -> bool:
    return piece[:1].isalpha() or piece[:1] in ("_", "$")


def _is_wordy(character: str) -> bool:
    return character.isalnum() or character in "_$#"
