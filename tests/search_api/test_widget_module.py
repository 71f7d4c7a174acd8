"""The widget as it is served: one small module that means what its parts mean."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from whole_server import Server

from search_api.short_names import shortened
from search_api.tokens import joined, tokens
from search_api.widget_module import join

SMALLEST = {"entry": 'import { two } from "./two.js";\nexport const one = two;\n'}


def _folder(folder: Path, **modules: str) -> Path:
    for name, source in {"entry": "", **modules}.items():
        file = folder / ("selfhelp.js" if name == "entry" else f"{name}.js")
        file.write_text(source, "utf-8")
    return folder


def _smaller(source: str) -> str:
    [module] = shortened([tokens(source)], set())
    return joined(module)


def test_javascript_styles_and_english_are_under_12_kb_as_served(server: Server) -> None:
    answer = server.client.get("/widget/selfhelp.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    served = gzip.decompress(answer.data).decode()
    assert "This may already help" in served
    assert "--selfhelp-accent" in served
    assert len(answer.data) < 12 * 1024


def test_without_gzip_it_is_the_same_module_under_another_etag(server: Server) -> None:
    small = server.client.get("/widget/selfhelp.js", headers={"Accept-Encoding": "gzip"})
    plain = server.client.get("/widget/selfhelp.js")
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Vary"] == "Accept-Encoding"


def test_modules_are_joined_after_what_they_import(tmp_path: Path) -> None:
    folder = _folder(tmp_path, **SMALLEST, two="export const two = 2; // a pair\n")
    assert join(folder).endswith("let ab=2;export let one=ab;")


@pytest.mark.parametrize(
    ("two", "why"),
    [
        ("const one = 1;\nexport const two = one;", "one is declared in two.js too"),
        ("const name = 1;\nexport const two = name;", "name is declared in every browser too"),
        ('export { a as two } from "./a.js";', "cannot be joined"),
        ('export const two = import("./a.js");', "cannot be joined"),
    ],
)
def test_what_cannot_be_joined_safely_is_refused(tmp_path: Path, two: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        join(_folder(tmp_path, **SMALLEST, two=two))


@pytest.mark.parametrize(
    ("source", "smaller"),
    [
        ("const text = 'a // b'; // c", "let a='a // b';"),
        ("let total = 1 / 2; /* x */ total /= 3", "let a=1/2;a/=3"),
        ("const quoted = /[/'\"]/g;", "let a=/[/'\"]/g;"),
        ("const { kept } = { kept: 1 };", "let{kept}={kept:1};"),
        ("function go(first) { return `${first} first`; }", "function b(a){return`${a} first`}"),
        ("class A { ask(ask) { return ask; } }", "class A{ask(ask){return ask}}"),
        (
            "class A { #secret = 1; get secret() { return this.#secret; } }",
            "class A{#a=1;get secret(){return this.#a}}",
        ),
        ("const long = 1\nlong + +long", "let a=1\na+ +a"),
    ],
)
def test_names_shrink_only_where_nobody_else_can_know_them(source: str, smaller: str) -> None:
    assert _smaller(source) == smaller
