"""`selfhelp backup` and `selfhelp restore`: everything comes back, or nothing changes."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import threading
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from serving import serving
from sqlalchemy import select

from kb.index.snapshot import CURRENT, SNAPSHOTS, published_id
from kb.operate.archive import FORMAT, MANIFEST
from kb.search.engine import Engine
from kb.search.query import Query
from kb.store.store import Store
from kb.store.tables import tickets
from kb.store.tickets import TicketRow, keep_ticket

Run = Callable[..., Any]
Members = list[tuple[tarfile.TarInfo, bytes]]
AT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def live(data: Path, help_centre: Path) -> Path:
    """A data folder with a snapshot, a model, a ticket and a secret."""
    name = published_id(help_centre)
    shutil.copytree(help_centre / SNAPSHOTS / name, data / SNAPSHOTS / name)
    shutil.copy(help_centre / CURRENT, data)
    (data / "secret").write_text("ab" * 32 + "\n")
    send(data, "T-1")
    return data


def send(data: Path, ticket_id: str) -> None:
    store = Store.open(f"sqlite:///{data}/selfhelp.sqlite3")
    ticket = TicketRow(
        ticket_id=ticket_id, idempotency_key=None, created_at=AT, email="ann@example.com", message="Broken."
    )
    keep_ticket(store, ticket, [])
    store.close()


def sent(data: Path) -> set[str]:
    store = Store.open(f"sqlite:///{data}/selfhelp.sqlite3")
    with store.reading() as connection:
        found = set(connection.execute(select(tickets.c.ticket_id)).scalars())
    store.close()
    return found


def files(folder: Path) -> dict[str, str]:
    """Checksums of all files but those that come and go with an open database."""
    passing = (".indexing", "selfhelp.sqlite3", "selfhelp.sqlite3-wal", "selfhelp.sqlite3-shm")
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in passing
    }


def test_what_was_backed_up_serves_and_answers_elsewhere(selfhelp: Run, live: Path, tmp_path: Path) -> None:
    backed = selfhelp("backup", tmp_path / "copy.tar.gz")
    assert (backed.status, backed.err) == (0, "")
    assert "with the encoder" in backed.out
    elsewhere = tmp_path / "elsewhere"
    ran = selfhelp("restore", tmp_path / "copy.tar.gz", "--data", elsewhere)
    assert (ran.status, ran.err) == (0, "")
    assert sent(elsewhere) == {"T-1"}
    assert (elsewhere / "secret").read_text() == (live / "secret").read_text()
    engine = Engine(elsewhere, floor=0.15)
    engine.load()
    assert engine.suggest(Query(text="black screen after login")).suggestions[0].slug == "black-screen"
    assert stat.S_IMODE((elsewhere / "secret").stat().st_mode) == 0o600
    assert not list(elsewhere.glob(".restoring-*"))


def test_a_backup_is_closed_to_others_and_leaves_nothing_beside_it(
    selfhelp: Run, live: Path, tmp_path: Path
) -> None:
    target = tmp_path / "kept" / "copy.tar.gz"
    target.parent.mkdir()
    old = os.umask(0)
    try:
        selfhelp("backup", target, "--without-models")
    finally:
        os.umask(old)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(target.parent.iterdir()) == [target]


def test_without_models_it_is_small_and_says_what_is_to_be_done(
    selfhelp: Run, live: Path, tmp_path: Path
) -> None:
    selfhelp("backup", tmp_path / "copy.tar.gz", "--without-models")
    assert (tmp_path / "copy.tar.gz").stat().st_size < 8 * 2**20
    ran = selfhelp("restore", tmp_path / "copy.tar.gz", "--data", tmp_path / "elsewhere")
    assert "run `selfhelp index`" in ran.err


def test_restoring_over_something_needs_force(selfhelp: Run, live: Path, tmp_path: Path) -> None:
    selfhelp("backup", tmp_path / "copy.tar.gz", "--without-models")
    send(live, "T-2")
    ran = selfhelp("restore", tmp_path / "copy.tar.gz")
    assert (ran.status, "--force" in ran.err) == (2, True)
    (live / CURRENT).unlink()
    ran = selfhelp("restore", tmp_path / "copy.tar.gz")
    assert (ran.status, "database is not empty" in ran.err) == (2, True)
    assert sent(live) == {"T-1", "T-2"}
    (live / "secret").write_text("another")
    assert selfhelp("restore", tmp_path / "copy.tar.gz", "--force").status == 0
    assert sent(live) == {"T-1"}
    assert published_id(live)
    assert (live / "secret").read_text() == "ab" * 32 + "\n"


@pytest.mark.parametrize("start", [0, 4096], ids=["no database any more", "damaged inside"])
def test_force_puts_a_damaged_database_aside_and_says_where(
    start: int, selfhelp: Run, live: Path, tmp_path: Path
) -> None:
    selfhelp("backup", tmp_path / "copy.tar.gz", "--without-models")
    damaged = live / "selfhelp.sqlite3"
    size = damaged.stat().st_size
    with damaged.open("r+b") as file:
        file.seek(start)
        file.write(b"x" * (size - start))
    left = damaged.read_bytes()
    ran = selfhelp("restore", tmp_path / "copy.tar.gz", "--force")
    (aside,) = live.glob("selfhelp.sqlite3.damaged-*[0-9]")
    assert (ran.status, ran.err) == (0, f"the database was damaged: it is now {aside}\n")
    assert aside.read_bytes() == left
    assert sent(live) == {"T-1"}


def test_a_secret_from_the_settings_is_not_in_the_backup(
    selfhelp: Run, live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (live / "secret").unlink()
    monkeypatch.setenv("SELFHELP_SECRET", "x" * 40)
    ran = selfhelp("backup", tmp_path / "copy.tar.gz", "--without-models")
    assert "SELFHELP_SECRET" in ran.err
    assert "x" * 40 not in ran.out + ran.err
    monkeypatch.delenv("SELFHELP_SECRET")
    ran = selfhelp("restore", tmp_path / "copy.tar.gz", "--data", tmp_path / "elsewhere")
    assert "set SELFHELP_SECRET to what it was" in ran.err


def test_with_nothing_there_nothing_is_written(selfhelp: Run, data: Path, tmp_path: Path) -> None:
    ran = selfhelp("backup", tmp_path / "copy.tar.gz")
    assert (ran.status, "nothing to back up" in ran.err) == (2, True)
    assert not (tmp_path / "copy.tar.gz").exists()


def test_a_backup_without_a_database_says_where_it_looked_for_one(
    selfhelp: Run, live: Path, tmp_path: Path
) -> None:
    """The settings of the server may not be those of the shell."""
    (live / "selfhelp.sqlite3").rename(tmp_path / "elsewhere.sqlite3")
    ran = selfhelp("backup", tmp_path / "copy.tar.gz", "--without-models")
    assert ran.status == 1
    assert f"without a database. {live}/selfhelp.sqlite3: no database here" in ran.err
    assert (tmp_path / "copy.tar.gz").exists()


def test_a_damaged_snapshot_is_no_backup_and_the_one_before_stays(
    selfhelp: Run, live: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.tar.gz"
    selfhelp("backup", target, "--without-models")
    before = target.read_bytes()
    (live / SNAPSHOTS / published_id(live) / "passages.json").write_text("[]")
    ran = selfhelp("backup", target)
    assert (ran.status, "damaged" in ran.err) == (2, True)
    assert target.read_bytes() == before


@pytest.mark.parametrize("target", ["no/such/folder/copy.tar.gz", "."])
def test_a_place_that_cannot_be_written_is_named(selfhelp: Run, live: Path, target: str) -> None:
    ran = selfhelp("backup", target)
    assert ran.status == 2
    assert target.split("/", maxsplit=1)[0] in ran.err


def test_a_server_that_takes_tickets_meanwhile_loses_none_that_it_answered_for(
    live: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", "from kb.cli import main; main()"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("SELFHELP_")}
    env["SELFHELP_RATE_LIMIT"] = "off"
    answered: list[str] = []
    stopping = threading.Event()
    with serving([*command, "serve", "--port", "0", "--data", live], env, tmp_path) as address:

        def send_tickets() -> None:
            body = json.dumps({"email": "ann@example.com", "message": "x" * 2000}).encode()
            while not stopping.is_set():
                with urllib.request.urlopen(f"{address}/v1/tickets", body, timeout=10) as answer:  # noqa: S310
                    answered.append(json.load(answer)["ticket_id"])

        sending = threading.Thread(target=send_tickets)
        sending.start()
        while len(answered) < 5:
            stopping.wait(0.01)
        before = set(answered)
        copy = tmp_path / "copy.tar.gz"
        ran = subprocess.run(
            [*command, "backup", str(copy), "--data", str(live), "--without-models"], env=env, check=False
        )
        assert len(answered) > len(before), "the server went on"
        stopping.set()
        sending.join()
    assert ran.returncode == 0
    subprocess.run([*command, "restore", copy, "--data", tmp_path / "elsewhere"], env=env, check=True)
    restored = sent(tmp_path / "elsewhere")
    assert before <= restored <= {*answered, "T-1"}


@pytest.fixture
def copy(selfhelp: Run, live: Path, tmp_path: Path) -> Path:
    assert selfhelp("backup", tmp_path / "copy.tar.gz", "--without-models").status == 0
    return tmp_path / "copy.tar.gz"


def members(copy: Path) -> Members:
    with tarfile.open(copy) as tar:
        return [(one, (tar.extractfile(one) or io.BytesIO()).read()) for one in tar.getmembers()]


def write(copy: Path, content: Members) -> None:
    with tarfile.open(copy, "w:gz", compresslevel=1) as tar:
        for member, data in content:
            member.size = len(data) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(data))


def change_manifest(copy: Path, **fields: Any) -> None:
    (first, said), *others = members(copy)
    write(copy, [(first, json.dumps({**json.loads(said), **fields}).encode()), *others])


def named(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type = kind
    made.linkname = link
    return made


def with_file(copy: Path, name: str) -> None:
    """As a thief would: named in the manifest, with the right checksum."""
    content = members(copy)
    manifest = json.loads(content[0][1])
    manifest["files"][name] = {"sha256": sha256(b"mine").hexdigest(), "size": 4}
    write(copy, [(content[0][0], json.dumps(manifest).encode()), *content[1:], (named(name), b"mine")])


def with_link(copy: Path, kind: bytes, target: str) -> None:
    """In the place of the secret; what follows would be written through it."""
    content = members(copy)
    write(copy, [(named("secret", kind, target), b"") if m.name == "secret" else (m, b) for m, b in content])


def without(copy: Path, name: str) -> None:
    write(copy, [(member, data) for member, data in members(copy) if member.name != name])


def twice(copy: Path, name: str) -> None:
    content = members(copy)
    write(copy, [*content, *((member, data) for member, data in content if member.name == name)])


def flip(copy: Path) -> None:
    """One bit in the middle of a file, under a gzip that is right."""
    content = members(copy)
    place = next(i for i, (member, _) in enumerate(content) if member.name.endswith("passages.json"))
    member, data = content[place]
    content[place] = (member, bytes([data[0] ^ 1]) + data[1:])
    write(copy, content)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "leaves the folder": (lambda copy: with_file(copy, "../stolen"), "no name of a file"),
    "leaves it from inside": (lambda copy: with_file(copy, "models/../../stolen"), "no name of a file"),
    "absolute": (lambda copy: with_file(copy, "/tmp/stolen"), "no name of a file"),  # noqa: S108 - never made
    "backslash": (lambda copy: with_file(copy, "..\\stolen"), "no name of a file"),
    "hidden": (lambda copy: with_file(copy, ".ssh/authorized_keys"), "no name of a file"),
    "symbolic link": (lambda copy: with_link(copy, tarfile.SYMTYPE, "/etc/passwd"), "not what its manifest"),
    "hard link": (lambda copy: with_link(copy, tarfile.LNKTYPE, "CURRENT"), "not what its manifest"),
    "device": (lambda copy: with_link(copy, tarfile.CHRTYPE, ""), "not what its manifest"),
    "one too few": (lambda copy: without(copy, "secret"), "secret is missing"),
    "one twice": (lambda copy: twice(copy, "secret"), "not what its manifest"),
    "a bit flipped": (flip, "its checksum differs"),
    "cut short": (lambda copy: copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2]), "no whole"),
    "empty": (lambda copy: copy.write_bytes(b""), "copy.tar.gz"),
    "no archive": (lambda copy: copy.write_bytes(b"not an archive " * 99), "no whole backup"),
    "another archive": (lambda copy: without(copy, MANIFEST), "not a backup of selfhelp"),
    "zipped nonsense": (lambda copy: copy.write_bytes(gzip.compress(b"x" * 9999)), "copy.tar.gz"),
    "manifest of another shape": (lambda copy: change_manifest(copy, files=[1]), "manifest cannot be read"),
    "more rows promised": (lambda copy: change_manifest(copy, rows={"tickets": 7}), "not the 7 rows"),
    "newer format": (lambda copy: change_manifest(copy, format=FORMAT + 1), "that version or a newer"),
    "newer schema": (lambda copy: change_manifest(copy, schema="9999"), "that version or a newer"),
    "newer snapshot": (lambda copy: change_manifest(copy, snapshot_format=99), "that version or a newer"),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_backup_that_is_not_right_changes_nothing(
    selfhelp: Run, live: Path, copy: Path, spoilt: str
) -> None:
    spoil, words = SPOILT[spoilt]
    spoil(copy)
    send(live, "T-2")
    before = files(live)
    ran = selfhelp("restore", copy, "--force")
    assert ran.status == 2
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1
    assert files(live) == before
    assert sent(live) == {"T-1", "T-2"}
    assert not (live.parent / "stolen").exists()


def test_an_archive_that_unpacks_without_end_fills_no_disk(selfhelp: Run, live: Path, copy: Path) -> None:
    """Sizes are promised in the manifest: more than the disk has is refused, and more than was promised."""
    content = members(copy)
    manifest = json.loads(content[0][1])
    manifest["files"]["secret"]["size"] = 2**60
    write(copy, [(content[0][0], json.dumps(manifest).encode()), *content[1:]])
    ran = selfhelp("restore", copy, "--force")
    assert (ran.status, "make room" in ran.err) == (2, True)
    manifest["files"]["secret"]["size"] = 10
    write(copy, [(content[0][0], json.dumps(manifest).encode()), *content[1:]])
    ran = selfhelp("restore", copy, "--force")
    assert (ran.status, "not what its manifest" in ran.err) == (2, True)


def test_what_an_interrupted_restore_left_is_removed(selfhelp: Run, live: Path, copy: Path) -> None:
    left = live / ".restoring-1"
    left.mkdir()
    (left / "secret").write_text("old")
    assert selfhelp("restore", copy, "--force").status == 0
    assert not left.exists()
