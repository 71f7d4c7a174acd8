from __future__ import annotations

from collections.abc import Callable

import pytest
from real_server import TICKET
from whole_server import Server

from kb.errors import SettingsError
from kb.settings import Settings, load_settings
from search_api.errors import HttpError
from search_api.rates import MANY, TICKETS, RateLimits

ONE = {"REMOTE_ADDR": "192.0.2.1"}
OTHER = {"REMOTE_ADDR": "192.0.2.2"}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def allowed(rates: RateLimits, times: int, address: str = "192.0.2.1", *, megabytes: int = 0) -> int:
    """How many of so many requests of an address pass: tickets when they carry something."""
    passed = 0
    for _ in range(times):
        try:
            rates.check_address("tickets" if megabytes else "suggestions", address, megabytes * 2**20)
        except HttpError:
            continue
        passed += 1
    return passed


def test_an_address_that_asks_too_often_is_told_when_to_come_back(make_server: Callable[..., Server]) -> None:
    server = make_server(rate_limit="3/minute")
    answers = [server.client.post("/v1/suggestions", json={"text": "x"}, environ_base=ONE) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].get_json()["error"]["code"] == "too_many_requests"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert server.client.post("/v1/suggestions", json={"text": "x"}, environ_base=OTHER).status_code == 200


def test_each_kind_of_request_is_counted_by_itself_and_preflights_never(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(rate_limit="1/minute")
    asked = (("/v1/suggestions", "POST"), ("/v1/events", "POST"), ("/help/en/", "GET"), ("/healthz", "GET"))
    for path, method in asked:
        statuses = [server.client.open(path, method=method, json={}).status_code for _ in range(2)]
        assert (statuses[0] == 429, statuses[1]) == (False, 429)
    assert {server.client.options("/v1/suggestions").status_code for _ in range(5)} == {200}


def test_a_ticket_is_taken_whatever_else_its_sender_has_done(make_server: Callable[..., Server]) -> None:
    server = make_server(rate_limit="1/minute")
    for _ in range(5):
        server.client.post("/v1/suggestions", json={"text": "x"})
    assert {server.client.post("/v1/tickets", json=TICKET).status_code for _ in range(50)} == {201}


def test_a_session_may_not_take_the_share_of_its_whole_office(make_server: Callable[..., Server]) -> None:
    server = make_server(rate_limit="2000/minute", debounce_ms=1000)
    session = server.ask()["session_id"]
    statuses = [
        server.client.post("/v1/suggestions", json={"text": "", "session_id": session}).status_code
        for _ in range(401)
    ]
    assert statuses == [200] * 400 + [429]
    assert server.ask()["session_id"] != session


def test_a_made_up_session_uses_up_nobodys_share(make_server: Callable[..., Server]) -> None:
    server = make_server(rate_limit="100/second")
    assert {server.ask(session_id="made.up")["held_out"] for _ in range(60)} == {False}


@pytest.mark.parametrize("debounce_ms", [0, 50, 150, 1000])
def test_nobody_types_fast_enough_to_be_limited(debounce_ms: int) -> None:
    """Somebody who pauses just long enough after every letter, for a minute."""
    rates = RateLimits(Settings(debounce_ms=debounce_ms), Clock())
    for _ in range(int(60_000 / max(debounce_ms, 50))):
        rates.check_session("suggestions", "s")
        rates.check_address("suggestions", "192.0.2.1", 100)


def test_an_office_behind_one_address_is_not_limited() -> None:
    """Thirty people who write at the same moment, each asking 1.5 times a second, for a minute."""
    rates = RateLimits(Settings(), Clock())
    assert allowed(rates, 30 * 90) == 30 * 90


def test_a_window_ends_by_a_clock_that_only_goes_forward() -> None:
    clock = Clock()
    rates = RateLimits(Settings(rate_limit="10/minute"), clock)
    assert allowed(rates, 15) == 10
    clock.now += 59.9
    assert allowed(rates, 1) == 0
    clock.now += 0.1
    assert allowed(rates, 15) == 10


def test_large_tickets_weigh_more_than_small_ones() -> None:
    rates = RateLimits(Settings(), Clock())
    assert allowed(rates, 40, megabytes=25) == TICKETS.amount // 26
    assert allowed(rates, 2, "192.0.2.9", megabytes=10_000) == 2, "the largest that is allowed can be sent"


def test_one_subscriber_has_many_addresses_of_the_new_kind() -> None:
    rates = RateLimits(Settings(rate_limit="2/minute"), Clock())
    assert sum(allowed(rates, 1, f"2001:db8:1:2::{n:x}") for n in range(10)) == 2
    assert allowed(rates, 1, "2001:db8:1:3::1") == 1
    assert sum(allowed(rates, 1, address) for address in ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1")) == 2


def test_counting_many_addresses_does_not_fill_the_memory() -> None:
    clock = Clock()
    rates = RateLimits(Settings(rate_limit="5/minute"), clock)
    for number in range(MANY + 10):
        rates.check_address("suggestions", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0)
    assert rates.counted <= MANY


def test_off_is_off(make_server: Callable[..., Server]) -> None:
    server = make_server(rate_limit="off")
    assert allowed(server.services.rates, 20_000) == 20_000


@pytest.mark.parametrize("wrong", ["0/minute", "many", "10/fortnight", "-1/second", "10"])
def test_a_limit_that_means_nothing_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(SettingsError, match="SELFHELP_RATE_LIMIT"):
        load_settings(rate_limit=wrong)
