"""The widget as one module: its modules, style sheets and English, without comments and indentation.

Written for the plain forms the widget's modules keep to, `import { a, b } from "./c.js"`, a JSON or CSS
file as default import, and `export` before a declaration. Anything else is refused with ValueError, and so
are two modules that declare one name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from search_api.short_names import GLOBALS, shortened
from search_api.tokens import joined, tokens

ENTRY: Final = "selfhelp.js"
_IMPORT: Final = re.compile(
    r'^import (?:\{[\w,\s]*\}|(?P<name>\w+)) from "\./(?P<file>[\w/.-]+)"'
    r'(?: with \{ type: "(?:json|css)" \})?;$',
    re.MULTILINE,
)
_DECLARED: Final = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function) (\w+)", re.MULTILINE)
_SHEET: Final = (
    "function styleSheet(text){const sheet=new CSSStyleSheet();sheet.replaceSync(text);return sheet}\n"
)


@lru_cache(maxsize=1)
def widget_module() -> str:
    """The source of `selfhelp.js` as it is served. Raises ValueError for what cannot be joined safely."""
    return join(files("widget"))


def join(folder: Traversable) -> str:
    """One module of all that `selfhelp.js` in `folder` imports, its exports being those of `selfhelp.js`."""
    parts: dict[str, str] = {}
    _add(folder, ENTRY, parts)
    shared = _shared_names(folder, [name for name in parts if name.endswith(".js")])
    # Like beside like, which compresses best: first what is no code.
    sources = sorted(parts, key=lambda name: name.endswith(".js"))
    modules = shortened(
        [tokens(f"{part}\n") for part in (_SHEET, *(parts[name] for name in sources))], shared
    )
    return joined([token for module in modules for token in module])


def _add(folder: Traversable, name: str, parts: dict[str, str]) -> None:
    """A module after those it imports, each once; what only the entry may do is export."""
    if name in parts:
        return
    source = "".join(tokens(folder.joinpath(name).read_text("utf-8")))
    for found in _IMPORT.finditer(source):
        if found["name"]:
            parts.setdefault(found["file"], _constant(folder, found["name"], found["file"]))
        else:
            _add(folder, found["file"], parts)
    code = _IMPORT.sub("", source)
    if name != ENTRY:
        code = re.sub(r"^export (?=const|let|class|function|async)", "", code, flags=re.MULTILINE)
    if left := re.search(
        r"^(?:import|export (?!const|let|class|function|async)).*|\bimport\(.*", code, re.MULTILINE
    ):
        raise ValueError(f"widget/{name}: cannot be joined: {left.group()}")
    parts[name] = code


def _constant(folder: Traversable, name: str, file: str) -> str:
    content = folder.joinpath(*file.split("/")).read_text("utf-8")
    if file.endswith(".css"):
        return f"const {name}=styleSheet(`{_small_css(content)}`);"
    return f"const {name}={_literal(json.loads(content))};"


def _literal(value: object) -> str:
    """JSON as JavaScript, its keys without quotes where they need none."""
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{k if k.isidentifier() else json.dumps(k)}:{_literal(v)}" for k, v in value.items())
            + "}"
        )
    return json.dumps(value, ensure_ascii=False)


def _small_css(content: str) -> str:
    content = re.sub(r"/\*.*?\*/", "", content, flags=re.DOTALL)
    if "`" in content or "\\" in content or "${" in content:
        raise ValueError("a style sheet cannot hold ` or \\ or ${")
    content = re.sub(r"\s+", " ", content).strip()
    content = re.sub(r"\s*([{};])\s*|([:,]) ", r"\1\2", content).replace(";}", "}").replace(" !", "!")
    return re.sub(r"(?<=[ :(,-])0\.", ".", content)


def _shared_names(folder: Traversable, modules: Iterable[str]) -> set[str]:
    """What the modules declare outside of functions, where a line starts with it.

    Raises ValueError for a name that is declared twice.
    """
    owners: dict[str, str] = dict.fromkeys(GLOBALS, "every browser")
    for file in modules:
        source = folder.joinpath(file).read_text("utf-8")
        imported = (found["name"] for found in _IMPORT.finditer(source) if found["name"])
        for name in (*_DECLARED.findall(source), *imported):
            if owners.setdefault(name, file) != file:
                raise ValueError(f"widget/{file}: {name} is declared in {owners[name]} too")
    return {*owners, "styleSheet"} - GLOBALS
