"""What runs beside the server: only when there is something to do, one at a time, and it ends with it."""

from __future__ import annotations

import logging
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from filelock import FileLock
from whole_server import Server

from kb.errors import KbError
from kb.store.activity import last_activity
from kb.usage.gap_rank import LOOKED_AT
from kb.usage.intents import SILENCE
from kb.usage.refresh_lock import LOCK
from search_api.refreshing import SETTLES, Refresher, Repeated


def refresher(server: Server, folder: Path, program: str) -> Refresher:
    return Refresher(folder, server.store, server.engine, command=(sys.executable, "-c", program))


def counting(folder: Path) -> str:
    return f"open({str(folder / 'ran')!r}, 'a').write('x')"


def ran(folder: Path) -> int:
    path = folder / "ran"
    return len(path.read_text()) if path.exists() else 0


def test_it_runs_once_and_again_when_somebody_asked_or_another_snapshot_came(
    server: Server, tmp_path: Path
) -> None:
    refresh = refresher(server, tmp_path, counting(tmp_path))
    refresh()
    refresh()
    assert ran(tmp_path) == 1
    server.ask()
    server.log.close()
    refresh()
    assert ran(tmp_path) == 2
    server.engine.published = "another"
    refresh()
    assert ran(tmp_path) == 3


def test_a_surge_before_a_quiet_night_is_looked_at_again_when_it_is_over(
    server: Server, tmp_path: Path
) -> None:
    assert SETTLES > LOOKED_AT + SILENCE
    refresh = refresher(server, tmp_path, counting(tmp_path))
    server.ask()
    server.log.close()
    evening, times = datetime.now(UTC), []
    for hours in (0.1, 1.5, 2.5, 5, 6, 7):
        with time_machine.travel(evening + timedelta(hours=hours)):
            refresh()
        times.append(ran(tmp_path))
    assert times == [1, 2, 3, 4, 4, 4]


def test_the_command_takes_the_lock_that_the_server_only_looks_at(server: Server, tmp_path: Path) -> None:
    free = f"from filelock import FileLock; FileLock({str(tmp_path / LOCK)!r}, timeout=0).acquire()"
    refresher(server, tmp_path, f"{free}; {counting(tmp_path)}")()
    assert ran(tmp_path) == 1


def test_before_the_first_snapshot_nothing_runs(server: Server, tmp_path: Path) -> None:
    server.engine.published = None
    refresher(server, tmp_path, counting(tmp_path))()
    assert ran(tmp_path) == 0


def test_while_another_server_over_the_same_folder_refreshes_this_one_does_not(
    server: Server, tmp_path: Path
) -> None:
    refresh = refresher(server, tmp_path, counting(tmp_path))
    with FileLock(tmp_path / LOCK):
        refresh()
    assert ran(tmp_path) == 0
    refresh()
    assert ran(tmp_path) == 1


def test_a_refresh_that_fails_says_how_to_see_why_and_is_tried_again(server: Server, tmp_path: Path) -> None:
    refresh = refresher(server, tmp_path, f"{counting(tmp_path)}; raise SystemExit(3)")
    for times in (1, 2):
        with pytest.raises(KbError, match=r"status 3.*selfhelp gaps --refresh"):
            refresh()
        assert ran(tmp_path) == times


def test_sessions_that_a_refresh_cannot_settle_are_in_the_log_once_and_nothing_else_it_says(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = "session one cannot be settled: KeyError\nTraceback: 'my password is lost'\n"
    refresh = refresher(server, tmp_path, f"import sys; sys.stderr.write({said!r})")
    refresh()
    server.engine.published = "another"
    refresh()
    errors = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert errors == ["session one cannot be settled: KeyError"]
    assert "password" not in caplog.text


def test_a_server_that_stops_does_not_wait_for_a_long_refresh(server: Server, tmp_path: Path) -> None:
    refresh = refresher(server, tmp_path, f"{counting(tmp_path)}; import time; time.sleep(60)")
    running = threading.Thread(target=refresh)
    running.start()
    until = time.monotonic() + 10
    while not ran(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    refresh.stop()
    running.join(5)
    assert not running.is_alive()


def test_the_canary_is_no_activity(server: Server) -> None:
    assert last_activity(server.store) is None
    server.ask()
    server.log.close()
    assert last_activity(server.store) is not None


def test_what_fails_again_and_again_is_logged_once_until_it_works(caplog: pytest.LogCaptureFixture) -> None:
    outcomes = iter([KbError("away"), KbError("away"), None, ValueError("a customer's words"), None])
    done = threading.Event()

    def job() -> None:
        outcome = next(outcomes, StopIteration)
        if outcome is StopIteration:
            done.set()
        elif isinstance(outcome, Exception):
            raise outcome

    repeated = Repeated("gaps", 0.001, job)
    with caplog.at_level(logging.ERROR):
        repeated.start()
        assert done.wait(10)
        repeated.stop()
    assert [record.getMessage() for record in caplog.records] == ["gaps: away", "gaps: ValueError"]
