"""`selfhelp prune`, `forget` and `export`, as an admin runs them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from click import echo
from click.testing import CliRunner, Result
from filelock import FileLock
from sqlalchemy import func, select

from kb.cli import selfhelp
from kb.errors import SettingsError
from kb.secret import secret_of
from kb.store.store import Store, database_url
from kb.store.tables import queries, tickets
from kb.store.tickets import TicketRow, keep_ticket
from kb.store.usage import Asked, Visit, keep_asked
from kb.usage import refresh_lock
from search_api.signing import Signer

NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=181)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann asked half a year ago and wrote a ticket, Ben asks today; hashes are the server's own."""
    signer = Signer(secret_of(tmp_path, ""))
    store = Store.open(database_url(tmp_path, ""))
    for session, at in (("ann-session", OLD), ("ben-session", NOW)):
        visit = Visit(session_id=session, at=at, person=signer.person(f"{session} browser"))
        asked = Asked(
            query_id=session, visit=visit, text=f"asked in {session}", snapshot_id="s", answered=False,
            confidence=0, held_out=False, suggestions=(), took_ms=0,
        )  # fmt: skip
        keep_asked(store, [asked])
    sender = signer.person("ann@example.com")
    ticket = TicketRow(
        ticket_id="T-1", idempotency_key=None, created_at=OLD, email="Ann@example.com",
        message="word for word",
        session_id="ann-session", person=sender, sender=sender,
    )  # fmt: skip
    keep_ticket(store, ticket, [])
    store.close()
    return tmp_path


def run(data: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(selfhelp, [*words, "--data", str(data)], input=typed)


def kept(data: Path) -> tuple[int, int]:
    """Questions and tickets."""
    store = Store.open(database_url(data, ""))
    with store.reading() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (queries, tickets)
        ]
    store.close()
    return counts[0], counts[1]


def test_forget_asks_first_and_takes_no_for_an_answer(data: Path) -> None:
    refused = run(data, "forget", "--email", "ann@example.com", typed="n\n")
    assert refused.exit_code == 1
    assert "1  tickets" in refused.output
    assert kept(data) == (2, 1)
    assert run(data, "forget", "--email", "ann@example.com", typed="y\n").exit_code == 0
    assert kept(data) == (1, 0)


def test_forget_by_the_signed_id_that_a_browser_keeps(data: Path) -> None:
    signed = Signer(secret_of(data, "")).sign_session("ann-session")
    told = run(data, "forget", "--session", signed, "--yes", "--json")
    counts = json.loads(told.output)
    assert (counts["queries"], counts["sessions"], counts["tickets"]) == (1, 1, 1)
    assert kept(data) == (1, 0)


def test_an_address_is_found_by_what_its_tickets_keep_whatever_the_secret(data: Path) -> None:
    before = json.loads(run(data, "export", "--email", "ann@example.com").output)
    (data / "secret").write_text("that of another server\n")
    after = json.loads(run(data, "export", "--email", "ann@example.com").output)
    assert after["person_links"] == before["person_links"] != []
    assert after["sessions"] == before["sessions"] != []
    (link,) = after["person_links"]
    assert run(data, "export", "--email", "ann@example.com", "--person", link["alias"]).exit_code == 0


@pytest.mark.parametrize("named", [["--email", "ben@example.com"], ["--session", "x", "--person", "Ben"]])
@pytest.mark.parametrize("command", [["forget", "--yes"], ["export"]])
def test_with_another_secret_nobody_is_said_to_have_nothing(
    data: Path, command: list[str], named: list[str]
) -> None:
    assert run(data, *command, *named).exit_code == 0
    (data / "secret").write_text("that of another server\n")
    refused = run(data, *command, *named)
    assert refused.exit_code == 1
    assert "kept with another secret than this one" in refused.output
    assert kept(data) == (2, 1)


@pytest.mark.parametrize("words", [["forget", "--session", "ann-session", "--yes"], ["prune"]])
def test_nothing_is_deleted_while_gaps_are_refreshed(
    data: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """A refresh that has read a question would write its vector back."""
    monkeypatch.setattr(refresh_lock, "PATIENCE", 0)
    taken, waited = Event(), Event()
    still_there = []

    def refresh() -> None:
        with FileLock(data / refresh_lock.LOCK):
            taken.set()
            waited.wait(5)
            still_there.append(kept(data)[0])

    monkeypatch.setattr(
        "kb.usage.refresh_lock.click.echo", lambda *words, **how: (echo(*words, **how), waited.set())
    )
    refreshing = Thread(target=refresh)
    refreshing.start()
    assert taken.wait(30)
    told = run(data, *words)
    refreshing.join()
    assert (told.exit_code, still_there) == (0, [2])
    assert "waiting until another process has refreshed gaps" in told.stderr
    assert kept(data)[0] == 1


def test_counting_waits_for_nobody(data: Path) -> None:
    with FileLock(data / refresh_lock.LOCK):
        assert run(data, "prune", "--dry-run").exit_code == 0


def test_a_folder_in_which_no_lock_can_be_made_is_named(data: Path) -> None:
    (data / refresh_lock.LOCK).mkdir()
    told = run(data, "prune")
    assert isinstance(told.exception, SettingsError)
    assert str(data) in str(told.exception)


def test_who_is_not_there_is_said_to_have_nothing(data: Path) -> None:
    told = run(data, "forget", "--email", "eve@example.com")
    assert (told.exit_code, told.output) == (0, "0 rows deleted\n")


@pytest.mark.parametrize("named", [[], ["--session", "s", "--email", "e@example.com"]])
def test_a_person_is_named_in_one_way(data: Path, named: list[str]) -> None:
    for command in ("forget", "export"):
        told = run(data, command, *named)
        assert told.exit_code == 2
        assert "--session or by --email" in told.output


def test_an_export_can_be_kept_in_a_file_that_nobody_else_reads(data: Path) -> None:
    file = data / "ann.json"
    assert run(data, "export", "--email", "ANN@example.com", "--output", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    exported = json.loads(file.read_text(encoding="utf-8"))
    assert exported["tickets"][0]["message"] == "word for word"
    assert [one["text"] for one in exported["queries"]] == ["asked in ann-session"]
    again = run(data, "export", "--email", "ann@example.com", "--output", str(file))
    assert again.exit_code == 1
    assert "File exists" in again.output
    assert (
        json.loads(run(data, "export", "--session", "ben-session").output)["queries"][0]["query_id"]
        == "ben-session"
    )


def test_what_only_the_page_said_is_named_and_taken_in_once_somebody_says_so(data: Path) -> None:
    """The browser in which Ann wrote was used another time, by her or not."""
    name = "ann-session browser"
    store = Store.open(database_url(data, ""))
    hashed = Signer(secret_of(data, "")).person(name)
    visit = Visit(session_id="another", at=NOW, person=hashed)
    asked = Asked(
        query_id="another", visit=visit, text="asked another time", snapshot_id="s", answered=False,
        confidence=0, held_out=False, suggestions=(), took_ms=0,
    )  # fmt: skip
    keep_asked(store, [asked])
    store.close()
    by_address = ["export", "--email", "ann@example.com"]
    told = run(data, *by_address)
    assert f"{hashed}  1 sessions, {NOW:%Y-%m-%d}" in told.stderr
    assert [one["text"] for one in json.loads(told.stdout)["queries"]] == ["asked in ann-session"]
    for confirmed in (name, hashed):
        told = run(data, *by_address, "--person", confirmed)
        assert (len(json.loads(told.stdout)["queries"]), told.stderr) == (2, "")
    assert run(data, "forget", "--email", "ann@example.com", "--person", name, "--yes").exit_code == 0
    assert kept(data) == (1, 0)


def test_prune_counts_before_it_deletes_and_keeps_tickets_unless_told(data: Path) -> None:
    assert json.loads(run(data, "prune", "--dry-run", "--json").output)["queries"] == 1
    assert kept(data) == (2, 1)
    assert "1  queries" in run(data, "prune").output
    assert kept(data) == (1, 1)


def test_prune_says_which_tickets_it_keeps_since_nobody_has_them_yet(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFHELP_TICKET_RETENTION_DAYS", "30")
    monkeypatch.setenv("SELFHELP_RETENTION_DAYS", "0")
    assert "1 old tickets wait for their delivery" in run(data, "prune").output
    assert kept(data) == (2, 1)
    assert run(data, "prune", "--undelivered").exit_code == 0
    assert kept(data) == (2, 0)
