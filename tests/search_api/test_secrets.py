"""What is secret is in no log, no answer, no error and no list of processes."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from real_server import SERVE, TICKET, RealServer

from kb.cli import COMMANDS
from kb.settings import Settings

SECRETS = {
    "secret": "signing-hush-1",
    "admin_tokens": "anna:admin-token-hush-2",
    "smtp_password": "mail-hush-3",
}
PASSWORD = "database-hush-4"


def test_a_server_that_is_asked_all_sorts_of_things_keeps_its_secrets(centre: Path) -> None:
    with RealServer(centre, **SECRETS) as server:
        session = server.ready().ask().json["session_id"]
        said = [
            server.get(path).content
            for path in ("/", "/nothing", "/admin", "/openapi.json", "/v1/config", "/metrics")
        ]
        said.append(server.post("/v1/events", {"session_id": session + "x", "events": []}).content)
        said.append(server.post("/v1/suggestions", {"text": 5}).content)
        for file in centre.glob("selfhelp.sqlite3*"):
            file.unlink()
        said.append(server.post("/v1/tickets", TICKET).content)
        line = Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
        server.process.terminate()
        server.process.wait(20)
        told = b"".join(said) + line + server.log.read_bytes()
    assert b"hush" not in told
    assert b"ann@example.com" not in told


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://anna:{PASSWORD}@127.0.0.1:1/selfhelp",
        f"postgres//anna:{PASSWORD}@127.0.0.1/selfhelp",
        f"mysql://anna:{PASSWORD}@127.0.0.1/selfhelp",
        f"postgresql://anna:{PASSWORD}@[::1/selfhelp",
    ],
)
def test_a_database_that_cannot_be_reached_is_reported_without_its_password(tmp_path: Path, url: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SERVE, "serve", "--port", "0", "--data", str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | {"SELFHELP_DATABASE_URL": url},
    )  # fmt: skip
    assert ran.returncode != 0
    assert "hush" not in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stderr.strip()


def test_settings_that_are_secret_do_not_show_themselves() -> None:
    shown = repr(Settings(database_url=f"postgresql://a:{PASSWORD}@h/d", **SECRETS))  # type: ignore[arg-type]
    assert "hush" not in shown


def test_no_command_takes_a_secret_as_an_argument_where_every_user_sees_it() -> None:
    for place, _help in COMMANDS.values():
        module, name = place.split(":")
        try:
            command = getattr(importlib.import_module(module), name)
        except ImportError:
            pytest.fail(f"{place} cannot be imported")
        names = {option.lstrip("-") for one in _all(command) for option in one.opts}
        assert not [n for n in names if any(word in n for word in ("secret", "token", "password"))], place


def _all(command: click.Command) -> list[click.Parameter]:
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return [*command.params, *(parameter for one in inner for parameter in _all(one))]
