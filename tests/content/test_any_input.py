"""Pieces of anything, given to every parser: read or refused, with nothing but the project's own errors."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import only_kb_errors

from kb.content.pictures import PictureError, Pictures
from kb.content.question_files import read_asked, read_questions, read_solved
from kb.content.reading import parse_article
from kb.content.synonyms import read_synonyms
from kb.settings import load_settings
from search_api.signing import Signer

MAGIC = [
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"RIFF\0\0\0\0WEBPVP8 ",
    b"\0\0\0\x20ftypavif",
    b"<svg>",
]


@given(st.sampled_from(MAGIC), st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_refused(
    tmp_path_factory: pytest.TempPathFactory, magic: bytes, rest: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "any.png").write_bytes(magic + rest)
    with suppress(PictureError):
        Pictures(folder).find("any.png")


TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            ["---\n", "title: ", "a", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!", "'", '"', "\n", "  ",
             "\t", "|", ">", "#", "%", "@", "en:", "0x1", "1e999", "2026-13-01", "\x85", "\ufeff", "\u2028",
             "<<: ", "? "]
        ),
        max_size=14,
    ).map("".join),
)  # fmt: skip


@given(TEXTS | st.text(max_size=30).map(lambda text: f"title: {text}\n"))
def test_any_front_matter_is_read_or_refused(text: str) -> None:
    only_kb_errors(lambda: parse_article(f"---\n{text}\n---\nx".encode("utf-8", "replace"), "a.md", "en"))


@given(TEXTS | st.binary(max_size=60))
def test_any_synonyms_are_read_or_refused(text: str | bytes) -> None:
    content = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    only_kb_errors(lambda: read_synonyms(content, "synonyms.yaml", frozenset({"en"})))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)
LINES = st.one_of(
    st.text(max_size=30),
    JSON.map(json.dumps),
    st.fixed_dictionaries(
        {"question": JSON}, optional={"articles": JSON, "article": JSON, "locale": JSON}
    ).map(json.dumps),
    st.sampled_from(
        ["[" * 3_000, '{"question": ' * 2_000, '{"question": "\\ud800", "articles": []}', "9" * 5_000]
    ),
)


@given(st.lists(LINES, max_size=3).map("\n".join))
def test_any_file_of_questions_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "questions.jsonl"
    file.write_bytes(text.encode("utf-8", "replace"))
    for read in (read_questions, read_solved, read_asked):
        only_kb_errors(lambda read=read: read(file))


@given(
    st.sampled_from(
        ["port", "floor", "holdout", "data", "allowed_origins", "admin_tokens", "rate_limit", "demo"]
    ),
    JSON | TEXTS,
)
def test_any_setting_is_taken_or_refused(name: str, value: object) -> None:
    only_kb_errors(lambda: load_settings(**{name: value}))


@given(TEXTS)
def test_any_file_of_settings_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "settings"
    folder.mkdir(exist_ok=True)
    (folder / "selfhelp.toml").write_bytes(text.encode("utf-8", "replace"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        only_kb_errors(load_settings)


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["a", ".", "_-", "canary:", "é"]), max_size=8).map("".join)
)
def test_no_id_is_taken_for_one_that_the_server_signed(text: str) -> None:
    signer = Signer(b"secret")
    assert signer.session(text) is None
    assert signer.query(text, "session") is None
