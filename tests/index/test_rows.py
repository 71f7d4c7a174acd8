"""Rows come back as they were written, each one when it is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import SnapshotBroken
from kb.index.rows import AT_ONCE, Rows, write_rows

ROWS = st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=6) | st.integers()), max_size=5)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows") / "rows.json"


def read(path: Path) -> Rows[dict[str, Any]]:
    return Rows(path, dict)


@given(rows=ROWS)
def test_rows_come_back_whatever_is_in_them(path: Path, rows: list[dict[str, Any]]) -> None:
    write_rows(path, rows)
    assert json.loads(path.read_bytes()) == rows
    found = read(path)
    assert (len(found), list(found)) == (len(rows), rows)
    assert [found[number] for number in range(-len(rows), len(rows))] == rows * 2
    assert found[1:] == rows[1:]
    with pytest.raises(IndexError):
        found[len(rows)]


def test_many_are_read_stretch_by_stretch(path: Path) -> None:
    rows = [{"number": number} for number in range(3 * AT_ONCE + 1)]
    write_rows(path, rows)
    assert list(read(path)) == rows


@pytest.mark.parametrize("text", ["", "{", "3", '[\n{"a"\n]'])
def test_what_is_no_list_is_refused(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SnapshotBroken, match="run `selfhelp index`"):
        list(read(path))


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotBroken, match="No such file"):
        read(tmp_path / "gone.json")
