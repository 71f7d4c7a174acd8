"""The widget as it is served: one small module that means what its parts mean."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from whole_server import Server

from search_api.widget_module import join

SMALLEST = {"entry": 'import { two } from "./two.js";\nexport const one = two;\n'}


def _folder(folder: Path, **modules: str) -> Path:
    for name, source in {"entry": "", **modules}.items():
        file = folder / ("selfhelp.js" if name == "entry" else f"{name}.js")
        file.write_text(source, "utf-8")
    return folder


def test_javascript_styles_and_english_are_under_12_kb_as_served(server: Server) -> None:
    answer = server.client.get("/widget/selfhelp.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    served = gzip.decompress(answer.data).decode()
    assert "This may already help" in served
    assert "--selfhelp-accent" in served
    assert len(answer.data) < 12 * 1024
    assert len(gzip.compress(served.encode(), 9)) < 12 * 1024


def test_without_gzip_it_is_the_same_module_under_another_etag(server: Server) -> None:
    small = server.client.get("/widget/selfhelp.js", headers={"Accept-Encoding": "gzip"})
    plain = server.client.get("/widget/selfhelp.js")
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_modules_are_joined_after_what_they_import_and_export_what_the_first_exports(tmp_path: Path) -> None:
    module = join(_folder(tmp_path, **SMALLEST, two="export const two = 2; // a pair\n"))
    assert _ran(f"{module}; console.log(one);") == "2"
    assert "pair" not in module


def test_texts_and_styles_come_along(tmp_path: Path) -> None:
    entry = 'import TEXT from "./text.json" with { type: "json" };\nexport const text = () => TEXT;\n'
    (tmp_path / "text.json").write_text('{"quoted": "`${no}` \\"yes\\" \u2028"}', "utf-8")
    module = join(_folder(tmp_path, entry=entry))
    assert _ran(f"{module}; console.log(text().quoted);") == '`${no}` "yes" \u2028'


@pytest.mark.parametrize(
    ("two", "why"),
    [
        ("const one = 1;\nexport const two = one;", "one is declared in two.js too"),
        ('export { a as two } from "./a.js";', "cannot be joined"),
        ('export const two = import("./a.js");', "cannot be joined"),
    ],
)
def test_what_cannot_be_joined_safely_is_refused(tmp_path: Path, two: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        join(_folder(tmp_path, **SMALLEST, two=two))


def _ran(module: str) -> str:
    """What a module prints."""
    node = Path(sys.executable).with_name("node")
    command = [node, "--input-type=module", "--eval", module]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip("\n")
