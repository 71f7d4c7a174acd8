from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COMMANDS = {
    "forget": ["--email", "ann@example.com", "--yes"],
    "export": ["--session", "s"],
    "prune": [],
    "gaps": [],
    "deflection": [],
    "digest": [],
    "learned": [],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_refuses_a_database_that_is_not_there_and_makes_none(
    command: str, selfhelp: Callable[..., Any], data: Path
) -> None:
    """ "0 rows deleted" would be a lie about the database that the server has under another setting."""
    before = sorted(data.iterdir())
    ran = selfhelp(command, *COMMANDS[command])
    assert (ran.status, ran.out) == (2, "")
    assert f"{data}/selfhelp.sqlite3: no database here; load the settings" in ran.err
    assert sorted(data.iterdir()) == before, "neither a database nor a secret"


def test_an_address_of_sqlite_without_a_file_is_refused(
    selfhelp: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFHELP_DATABASE_URL", "sqlite://")
    ran = selfhelp("prune")
    assert (ran.status, "names no file: write sqlite:///file" in ran.err) == (2, True)
