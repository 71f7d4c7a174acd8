"""The canary in front of a server with real sockets: what breaks measuring is noticed, and that it mends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from paper_engine import ARTICLES
from sqlalchemy import text
from whole_server import Server as Whole

from kb.errors import StoreError
from kb.store.canary import STOPPED, WORKS, arrived, breaks_between, broken_since
from kb.store.tables import canary as found
from kb.store.tables import events, queries, sessions
from search_api.canary import STEPS, Canary
from search_api.server import Server, listen

Served = tuple[Whole, Canary]
SOON = 0.02 / 60


@pytest.fixture
def serve(
    make_server: Callable[..., Whole], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Served]]:
    """Gives a server that answers on a port, and its canary, not started yet."""
    monkeypatch.setattr("search_api.canary.ARRIVAL_SECONDS", 1.0)
    monkeypatch.setattr("search_api.canary.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("search_api.query_log.FLUSH_SECONDS", 0.05)
    running: list[Callable[[], None]] = []

    def start(**settings: object) -> Served:
        whole = make_server(**{"canary_minutes": SOON} | settings)
        listening = listen("127.0.0.1", 0)
        server = Server(whole.app, listening, whole.services.settings)
        thread = threading.Thread(target=server.run)
        thread.start()

        def stop() -> None:
            server.stop()
            thread.join()
            listening.close()

        running.append(stop)
        return whole, Canary(whole.services, listening.getsockname())

    yield start
    for stop in running:
        stop()


def until(holds: Callable[[], object], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def broken(whole: Whole) -> datetime | None:
    return broken_since(whole.store, datetime.now(UTC))


def states(whole: Whole) -> list[str]:
    return [row["state"] for row in whole.rows(found)]


def test_all_steps_of_a_session_arrive_and_are_marked(serve: Callable[..., Served]) -> None:
    whole, canary = serve()
    canary.start()
    until(lambda: states(whole) == [WORKS])
    canary.stop()
    assert states(whole) == [WORKS, STOPPED]
    (visit, *_) = whole.rows(sessions)
    assert visit["session_id"].startswith("canary:")
    assert {row["traffic"] for row in whole.rows(sessions)} == {"canary"}
    assert arrived(whole.store, visit["session_id"]) == set(STEPS)
    assert {row["type"] for row in whole.rows(events)} == {"shown", "opened", "solved"}
    assert whole.rows(queries)[0]["text"] in {one.title for one in ARTICLES}


def test_a_route_that_fails_is_a_broken_measurement_until_it_is_mended(
    serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, canary = serve()
    canary.start()
    until(lambda: states(whole) == [WORKS])
    with monkeypatch.context() as failing:

        def away(*_: object) -> None:
            raise StoreError("away")

        failing.setattr("search_api.events.keep_events", away)
        until(lambda: broken(whole))
        assert whole.rows(found)[-1]["step"] == "shown"
    until(lambda: broken(whole) is None)
    canary.stop()
    now = datetime.now(UTC)
    (known,) = breaks_between(whole.store, now - timedelta(hours=1), now)
    assert (known.step, known.until is not None) == ("shown", True)
    assert states(whole) == [WORKS, "broken", WORKS, STOPPED]


def test_questions_that_no_longer_reach_the_database_are_noticed(
    serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, canary = serve()
    monkeypatch.setattr("search_api.query_log.keep_asked", lambda *_: None)
    canary.start()
    until(lambda: broken(whole))
    canary.stop()
    assert whole.rows(found)[0]["step"] == "asked"


def test_a_database_locked_by_another_is_a_silence_while_it_lasts_and_known_after(
    serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_api.canary.SLACK", timedelta(seconds=0.3))
    monkeypatch.setattr("kb.store.connection.BUSY_SECONDS", 0.05)
    whole, canary = serve()
    canary.start()
    until(lambda: states(whole) == [WORKS])
    with whole.store.writing() as connection:
        connection.execute(text("SELECT 1"))
        until(lambda: broken(whole))
    until(lambda: broken(whole) is None)
    canary.stop()
    now = datetime.now(UTC)
    assert len(breaks_between(whole.store, now - timedelta(hours=1), now)) == 1


def test_a_server_that_holds_everybody_out_still_shows_its_canary_something(
    serve: Callable[..., Served],
) -> None:
    whole, canary = serve(holdout=1.0)
    canary.start()
    until(lambda: states(whole) == [WORKS])
    canary.stop()


@pytest.mark.parametrize("hosts", [("help.example",), (".help.example",)])
def test_a_server_of_other_names_is_asked_by_one_of_them(
    serve: Callable[..., Served], hosts: tuple[str, ...]
) -> None:
    whole, canary = serve(allowed_hosts=hosts)
    canary.start()
    until(lambda: states(whole) == [WORKS])
    canary.stop()


def test_a_canary_that_is_turned_off_says_only_that_nobody_tries(serve: Callable[..., Served]) -> None:
    whole, canary = serve(canary_minutes=0)
    canary.start()
    canary.stop()
    assert states(whole) == [STOPPED]
    assert whole.rows(sessions) == []


def test_while_nothing_is_published_nothing_is_tried(serve: Callable[..., Served]) -> None:
    whole, canary = serve()
    whole.engine.published = None
    canary.start()
    time.sleep(0.2)
    canary.stop()
    assert states(whole) == [STOPPED]


def test_a_customer_cannot_pass_for_a_canary(make_server: Callable[..., Whole]) -> None:
    whole = make_server()
    for made_up in ("canary:x", "canary:x.c2lnbmF0dXJl"):
        session = whole.ask(session_id=made_up)["session_id"]
        assert not session.startswith("canary:")


def test_a_canary_is_no_customer_in_the_metrics(serve: Callable[..., Served]) -> None:
    whole, canary = serve()
    canary.start()
    until(lambda: states(whole) == [WORKS])
    canary.stop()
    said = whole.client.get("/metrics").text
    assert "selfhelp_suggestions_total{" not in said
    assert "selfhelp_measurement_broken 0.0" in said
