"""Shorter names for what only the widget itself knows: private names and plain variables.

No scopes are followed. A name is shortened where everything it can stand for in its module is a variable;
where it may also be the name of a property, which others know, it stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import product
from string import ascii_letters
from typing import Final

from search_api.tokens import is_name, tokens

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


def shortened(modules: Sequence[Sequence[str]], shared: Set[str]) -> list[list[str]]:
    """Private names, and variables that share their name with no property, get names of a letter or two.

    `shared` are the names declared outside of functions, which mean the same in all modules; any other
    variable belongs to one module, so that the next may use its short name again.
    """
    places = [list(_with_places(module)) for module in modules]
    taken = {piece for module in places for piece in module if is_name(piece)} | _WORDS | GLOBALS
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
        elif is_name(piece):
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
    return {name for name in found if is_name(name)}


def _listed(made: Sequence[str], start: int) -> Iterator[str]:
    """Names at the top level of the brackets that open at `start`, defaults left out."""
    depth = 0
    for index in range(start, _closing(made, start)):
        piece = made[index]
        depth += (piece in "([{") - (piece in ")]}")
        if depth == 1 and is_name(piece) and made[index - 1] in ("(", "[", ",", "..."):
            yield piece


def _closing(made: Sequence[str], start: int) -> int:
    depth = 0
    for index in range(start, len(made)):
        depth += (made[index] in "([{") - (made[index] in ")]}")
        if depth == 0:
            return index
    raise ValueError(f"a bracket is never closed: {''.join(made[start : start + 12])}")
