"""`selfhelp` itself: a table of commands, and one line for whatever goes wrong on purpose."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest

from kb.cli import COMMANDS

Run = Callable[..., Any]


def test_help_names_every_command_with_what_it_does(selfhelp: Run) -> None:
    ran = selfhelp("--help")
    assert ran.status == 0
    for name, (_, text) in COMMANDS.items():
        assert name in ran.out
        assert " ".join(text.split()) in " ".join(ran.out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(selfhelp: Run, name: str) -> None:
    module, function = COMMANDS[name][0].split(":")
    command = getattr(import_module(module), function)
    assert isinstance(command, click.Command)
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert all(option.help or option.show_default for option in options)
    ran = selfhelp(name, "--help")
    assert (ran.status, "Usage: " in ran.out) == (0, True)


def test_its_version_is_that_of_the_package(selfhelp: Run) -> None:
    assert selfhelp("--version").out == f"selfhelp, version {version('selfhelp-kb')}\n"


def test_an_unknown_command_and_an_unknown_option_are_refused(selfhelp: Run) -> None:
    ran = selfhelp("indx")
    assert (ran.status, "indx" in ran.err) == (2, True)
    ran = selfhelp("search", "--loud", "refund")
    assert (ran.status, "--loud" in ran.err) == (2, True)


def test_what_goes_wrong_on_purpose_is_one_line_and_no_traceback(selfhelp: Run, tmp_path: Path) -> None:
    ran = selfhelp("search", "refund")
    assert ran.status == 2
    assert ran.err.startswith("selfhelp: nothing published")
    assert len(ran.err.splitlines()) == 1


def test_a_misspelt_setting_stops_every_command(selfhelp: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFHELP_FLOR", "0.5")
    for arguments in (["search", "refund"], ["index"], ["serve"], ["eval", "q.jsonl"]):
        ran = selfhelp(*arguments)
        assert ran.status == 2
        assert ran.err == (
            "selfhelp: unknown setting SELFHELP_FLOR in environment: did you mean SELFHELP_FLOOR?\n"
        )
