"""JavaScript as tokens: enough of the grammar to make the widget's own modules smaller, and no more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import product
from string import ascii_letters
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
_PLACE: Final = re.compile(r"\$\{([^{}`]*)\}")
_DECLARE: Final = frozenset({"const", "let"})
_NOT_PARAMETERS: Final = frozenset({"if", "for", "while", "switch"})
_WORDS: Final = frozenset(
    """async await break case catch class const continue default do else export extends finally for from
    function get if import in instanceof let new null of return set static super switch this throw true try
    typeof undefined void while with yield""".split()  # noqa: SIM905  # a list of 40 lines reads no better
)
# Names that mean something to every browser: never given to anything else, never taken away.
GLOBALS: Final = frozenset(
    """addEventListener arguments close closed confirm crypto document event fetch find focus frames
    getSelection globalThis history innerHeight innerWidth length location name navigator open origin parent
    performance print scroll self status stop toolbar top visualViewport window""".split()  # noqa: SIM905
)


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


def shortened(modules: Sequence[Sequence[str]], shared: Set[str]) -> list[list[str]]:
    """Private names, and variables that share their name with no property, get names of a letter or two.

    `shared` are the names declared outside of functions, which mean the same in all modules; any other
    variable belongs to one module, so that the next may use its short name again.
    """
    places = [list(_with_places(module)) for module in modules]
    taken = {piece for module in places for piece in module if _is_name(piece)} | _WORDS | GLOBALS
    unsafe = GLOBALS.union(*map(_properties, places))
    two = (name for name in _letters(2) if name not in taken)
    common = {name: next(two) for name in sorted(shared - unsafe) if len(name) > 2}
    return [
        _renamed(module, common | _own_names(seen, shared, taken))
        for module, seen in zip(modules, places, strict=True)
    ]


def _renamed(module: Sequence[str], short: Mapping[str, str]) -> list[str]:
    def inside(place: re.Match[str]) -> str:
        return "${" + "".join(short.get(piece, piece) for piece in tokens(place.group(1))) + "}"

    return [_PLACE.sub(inside, piece) if piece[0] == "`" else short.get(piece, piece) for piece in module]


def _own_names(module: Sequence[str], shared: Set[str], taken: Set[str]) -> dict[str, str]:
    counted = Counter(module)
    private = {name for name in counted if name[0] == "#" and len(name) > 1}
    variables = _declared(module) - _properties(module) - GLOBALS - _WORDS - shared
    free = (name for size in (1, 2) for name in _letters(size) if name not in taken)
    hidden = ("#" + name for size in (1, 2) for name in _letters(size))
    often = [name for name, _ in counted.most_common()]
    short = {name: next(free) for name in often if name in variables and len(name) > 1}
    return short | {name: next(hidden) for name in often if name in private}


def _letters(size: int) -> Iterator[str]:
    return map("".join, product(ascii_letters, repeat=size))


def _with_places(made: Sequence[str]) -> Iterator[str]:
    """The tokens without white space, those in a template's places too."""
    for piece in made:
        if piece[0] == "`":
            yield "`"
            for place in _PLACE.finditer(piece):
                yield from ("(", *(one for one in tokens(place.group(1)) if not one.isspace()), ")")
        elif not piece.isspace():
            yield piece


def _properties(made: Sequence[str]) -> set[str]:
    """Names that are, or may be, those of properties: `.name`, `name:`, `{ name }`, methods and fields."""
    found: set[str] = set()
    brackets: list[str] = []
    for index, piece in enumerate(made):
        before, after = made[index - 1] if index else "", made[index + 1] if index + 1 < len(made) else ""
        if piece in "([{":
            in_class = piece == "{" and "class" in made[max(0, index - 4) : index]
            brackets.append("class" if in_class else piece)
        elif piece in ")]}":
            brackets.pop()
        elif _is_name(piece):
            place = brackets[-1] if brackets else ""
            shorthand = place == "{" and before in ("{", ",") and after in (",", "}", "=")
            method = (
                after == "(" and before != "function" and made[_closing(made, index + 1) + 1 :][:1] == ["{"]
            )
            field = place == "class" and before in ("{", "}", ";") and after in ("=", ";")
            exported = made[max(0, index - 2) : index - 1] == ["export"]
            if before in (".", "?.") or after == ":" or shorthand or method or field or exported:
                found.add(piece)
    return found


def _declared(made: Sequence[str]) -> set[str]:
    """Names of variables, functions, classes and parameters."""
    found: set[str] = set()
    for index, piece in enumerate(made[:-1]):
        after = made[index + 1]
        if piece in _DECLARE and after == "[":
            found.update(_listed(made, index + 1))
        elif piece in _DECLARE or piece in ("function", "class"):
            found.add(after)
        elif piece == "(" and made[index - 1] not in _NOT_PARAMETERS:
            end = _closing(made, index)
            if made[end + 1 : end + 2] in (["=>"], ["{"]):
                found.update(_listed(made, index))
    return {name for name in found if _is_name(name)}


def _listed(made: Sequence[str], start: int) -> Iterator[str]:
    """Names at the top level of the brackets that open at `start`, defaults left out."""
    depth = 0
    for index in range(start, _closing(made, start)):
        piece = made[index]
        depth += (piece in "([{") - (piece in ")]}")
        if depth == 1 and _is_name(piece) and made[index - 1] in ("(", "[", ",", "..."):
            yield piece


def _closing(made: Sequence[str], start: int) -> int:
    depth = 0
    for index in range(start, len(made)):
        depth += (made[index] in "([{") - (made[index] in ")]}")
        if depth == 0:
            return index
    raise ValueError(f"a bracket is never closed: {''.join(made[start : start + 12])}")


def _bare(made: Sequence[str]) -> Iterator[str]:
    """A function's only parameter needs no brackets: `(a) => a` as `a => a`."""
    index = 0
    while index < len(made):
        opens, name, closes, *after = [*made[index : index + 5], "", "", "", ""][:5]
        if (opens, closes) == ("(", ")") and _is_name(name) and "".join(after).lstrip().startswith("=>"):
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


def _is_name(piece: str) -> bool:
    return piece[:1].isalpha() or piece[:1] in ("_", "$")


def _is_wordy(character: str) -> bool:
    return character.isalnum() or character in "_$#"
