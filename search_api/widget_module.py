"""The widget as one module: its modules, style sheets and English, made small by `minify`.

Written for the plain forms the widget's modules keep to, `import { a, b } from "./c.js"`, a JSON or CSS
file as default import, and `export` before a declaration. Anything else is refused with ValueError, and so
are two modules that declare one name.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import minify

ENTRY: Final = "selfhelp.js"
_IMPORT: Final = re.compile(
    r'^import (?:\{[\w,\s]*\}|(?P<name>\w+)) from "\./(?P<file>[\w/.-]+)"'
    r'(?: with \{ type: "(?:json|css)" \})?;$',
    re.MULTILINE,
)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:const|let|class|function) (\w+))", re.MULTILINE)
_LEFT: Final = re.compile(r"^(?:import|export)\b.*|\bimport\(.*", re.MULTILINE)
_DECLARED: Final = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function) (\w+)", re.MULTILINE)
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_SHEET: Final = (
    "const styleSheet = (text) => { const s = new CSSStyleSheet(); s.replaceSync(text); return s; };"
)


@lru_cache(maxsize=1)
def widget_module() -> str:
    """The source of `selfhelp.js` as it is served. Raises ValueError for what cannot be joined safely."""
    return join(files("widget"))


def join(folder: Traversable) -> str:
    """One module of all that `selfhelp.js` in `folder` imports, its exports being those of `selfhelp.js`."""
    parts: dict[str, str] = {}
    _add(folder, ENTRY, parts)
    _check_names(parts)
    # Like beside like, which compresses best: first what is no code.
    code = "\n".join(parts[name] for name in sorted(parts, key=lambda name: name.endswith(".js")))
    names = ",".join(_EXPORT.findall(folder.joinpath(ENTRY).read_text("utf-8")))
    # In a function even the names that modules share are nobody else's, and may be shortened.
    whole = f"export const {{{names}}} = (() => {{\n{_SHEET}\n{code}\nreturn {{{names}}};\n}})();"
    small: str = minify.string("text/javascript", whole)
    return small


def _add(folder: Traversable, name: str, parts: dict[str, str]) -> None:
    """A module after those it imports, each once."""
    if name in parts:
        return
    source = folder.joinpath(name).read_text("utf-8")
    for found in _IMPORT.finditer(source):
        if found["name"]:
            parts.setdefault(found["file"], _constant(folder, found["name"], found["file"]))
        else:
            _add(folder, found["file"], parts)
    code = _EXPORT.sub("", _IMPORT.sub("", source))
    if left := _LEFT.search(_COMMENT.sub("", code)):
        raise ValueError(f"widget/{name}: cannot be joined: {left.group()}")
    parts[name] = code


def _constant(folder: Traversable, name: str, file: str) -> str:
    content = folder.joinpath(*file.split("/")).read_text("utf-8")
    if file.endswith(".css"):
        return f"const {name} = styleSheet({json.dumps(minify.string('text/css', content))});"
    return f"const {name} = {json.dumps(json.loads(content), ensure_ascii=False)};"


def _check_names(parts: dict[str, str]) -> None:
    """Raises ValueError for a name that two modules declare: joined, one would be the other."""
    owners: dict[str, str] = {}
    for file, code in parts.items():
        for name in _DECLARED.findall(code):
            if owners.setdefault(name, file) != file:
                raise ValueError(f"widget/{file}: {name} is declared in {owners[name]} too")
