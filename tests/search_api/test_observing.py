"""What whoever runs the server can see of it: metrics, lines of the log, ids of requests."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse
from whole_server import Server

from kb.errors import StoreError
from kb.stages import stage
from kb.store.canary import BROKEN, Trial, keep_trial
from search_api.log_format import JsonLines, TextLines

Make = Callable[..., Server]
TICKET = {"email": "ann@example.com", "message": "It is broken."}


def metrics(server: Server, **headers: str) -> dict[tuple[str, str], float]:
    """Values by name and the values of the labels, joined."""
    answer = server.client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


class Listening(logging.Handler):
    """Keeps what a formatter makes of each record."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Callable[[logging.Formatter], list[str]]]:
    root = logging.getLogger("search_api")
    level = root.level
    root.setLevel(logging.INFO)

    def listen(formatter: logging.Formatter) -> list[str]:
        handler = Listening(formatter)
        root.addHandler(handler)
        added.append(handler)
        return handler.lines

    added: list[logging.Handler] = []
    yield listen
    root.setLevel(level)
    for handler in added:
        root.removeHandler(handler)


def test_suggestions_are_counted_by_outcome_and_locale(make_server: Make) -> None:
    server = make_server()
    server.ask("black screen", locale="en-GB")
    server.ask("refunds", locale="fr")
    server.ask("nothing like it", locale="es")
    held = make_server(holdout=1.0)
    held.ask("black screen")
    counted = {key: value for key, value in metrics(server).items() if key[0] == "selfhelp_suggestions_total"}
    assert counted == {
        ("selfhelp_suggestions_total", "en answered"): 1,
        ("selfhelp_suggestions_total", "other nothing"): 1,
        ("selfhelp_suggestions_total", "es nothing"): 1,
    }
    assert metrics(held)["selfhelp_suggestions_total", "other held_out"] == 1


def test_a_suggestion_that_fails_is_counted_as_failed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.engine, "published", None)
    assert server.client.post("/v1/suggestions", json={"text": "x"}).status_code == 503
    assert metrics(server)["selfhelp_suggestions_total", "other failed"] == 1


def test_what_a_customer_sends_never_becomes_a_label(server: Server) -> None:
    server.ask("black screen", locale="xx-Secret")
    server.client.get("/help/en/ann@example.com")
    server.client.get("/nowhere/ann@example.com")
    server.client.open("/v1/config", method="ANN")
    said = server.client.get("/metrics").text
    assert "Secret" not in said
    assert "ann" not in said.lower().replace("channel", "")


def test_requests_are_counted_by_route_and_status_and_timed(server: Server) -> None:
    server.client.get("/help/en/black-screen")
    server.client.get("/help/en/gone")
    server.client.get("/nowhere")
    seen = metrics(server)
    assert seen["selfhelp_requests_total", "/help/<locale>/<slug> 200"] == 1
    assert seen["selfhelp_requests_total", "/help/<locale>/<slug> 404"] == 1
    assert seen["selfhelp_requests_total", "other 404"] == 1
    assert seen["selfhelp_request_seconds_count", "/help/<locale>/<slug>"] == 2


def test_stages_are_timed_in_the_request_that_went_through_them(make_server: Make) -> None:
    one, another = make_server(), make_server()
    assert one.client.post("/v1/tickets", json=TICKET).status_code == 201
    assert metrics(one)["selfhelp_stage_seconds_count", "store"] >= 1
    assert metrics(another)["selfhelp_stage_seconds_count", "store"] == 0


def test_a_stage_outside_of_a_request_is_nobodys(server: Server) -> None:
    with stage("a stage that nobody knows"):
        before = metrics(server)["selfhelp_stage_seconds_count", "encode"]
    assert before == 0


def test_tickets_wait_in_the_metrics_until_they_are_delivered(server: Server) -> None:
    assert server.client.post("/v1/tickets", json=TICKET).status_code == 201
    seen = metrics(server)
    assert seen["selfhelp_tickets", "waiting"] == 1
    assert 0 <= seen["selfhelp_ticket_oldest_waiting_seconds", ""] < 60


def test_a_database_that_is_away_is_told_and_hides_no_other_metric(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_store: object) -> None:
        raise StoreError("away")

    monkeypatch.setattr("search_api.gauges.count", away)
    seen = metrics(server)
    assert seen["selfhelp_database_up", ""] == 0
    assert seen["selfhelp_ready", ""] == 1
    assert ("selfhelp_tickets", "waiting") not in seen


def test_the_database_is_asked_at_most_twice_a_minute(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics(server)
    server.client.post("/v1/tickets", json=TICKET)
    assert ("selfhelp_tickets", "waiting") not in metrics(server)
    monkeypatch.setattr("search_api.gauges.FRESH_SECONDS", 0)
    assert metrics(server)["selfhelp_tickets", "waiting"] == 1


def test_broken_measurement_is_a_metric(server: Server) -> None:
    now = datetime.now(UTC)
    trial = Trial(server="a", state=BROKEN, step="shown", at=now, due_at=now + timedelta(minutes=5))
    keep_trial(server.store, trial)
    assert metrics(server)["selfhelp_measurement_broken", ""] == 1
    assert metrics(server)["selfhelp_canary_age_seconds", ""] < 60


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "198.51.100.1"},
        {"Forwarded": "for=198.51.100.1"},
        {"X-Forwarded-Proto": "https"},
        {"X-Real-Ip": "198.51.100.1"},
        {"Host": "help.example"},
    ],
)
def test_metrics_are_not_shown_through_a_proxy_on_this_machine(
    server: Server, headers: dict[str, str]
) -> None:
    assert server.client.get("/metrics", headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "localhost:8000", "localhost."])
def test_metrics_are_shown_to_this_machine_by_each_of_its_names(server: Server, host: str) -> None:
    assert server.client.get("/metrics", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["host", "local", "l"])
def test_metrics_are_not_shown_to_pages_under_part_of_a_name(make_server: Make, host: str) -> None:
    server = make_server(allowed_hosts=(host,))
    assert server.client.get("/metrics", headers={"Host": host}).status_code == 403


def test_metrics_are_not_shown_to_other_machines(server: Server) -> None:
    assert server.client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403


def test_with_a_token_metrics_are_shown_to_whoever_has_it(make_server: Make) -> None:
    server = make_server(metrics_token="a long token of metrics")
    assert server.client.get("/metrics").status_code == 403
    assert server.client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    right = {"Authorization": "Bearer a long token of metrics", "X-Forwarded-For": "192.0.2.7"}
    assert server.client.get("/metrics", headers=right, environ_base=elsewhere).status_code == 200


def _id(answer: TestResponse) -> str:
    return answer.headers["X-Request-Id"]


def test_every_answer_names_its_request(server: Server) -> None:
    ids = {_id(server.client.get(path)) for path in ("/healthz", "/nowhere", "/help/", "/v1/config")}
    assert len(ids) == 4


def test_a_sane_id_is_taken_over_and_any_other_replaced(server: Server) -> None:
    sane = "4bf92f3577b34da6-a3ce.929d_0e0e4736"
    assert _id(server.client.get("/healthz", headers={"X-Request-Id": sane})) == sane
    for odd in ("short", "x" * 65, "with space", "<script>alert(1)</script>", "ann@example.com", '"}{"a":"b'):
        made = _id(server.client.get("/healthz", headers={"X-Request-Id": odd}))
        assert re.fullmatch(r"[0-9a-f]{16}", made)


def test_the_log_has_a_line_for_each_request_without_what_was_sent(
    server: Server, lines: Callable[[logging.Formatter], list[str]]
) -> None:
    told = lines(JsonLines())
    answer = server.client.post("/v1/suggestions?q=secret", json={"text": "my secret"})
    server.client.get("/help/en/secret")
    server.client.get("/secret")
    server.client.get("/healthz")
    read: list[dict[str, Any]] = [json.loads(line) for line in told]
    assert [(line["method"], line["route"], line["status"]) for line in read] == [
        ("POST", "/v1/suggestions", 200),
        ("GET", "/help/<locale>/<slug>", 404),
        ("GET", "other", 404),
    ]
    assert read[0]["request"] == _id(answer)
    assert read[0]["ms"] >= 0
    assert set(read[0]) == {"at", "level", "logger", "request", "method", "route", "status", "ms"}
    assert "secret" not in "".join(told)
    assert "127.0.0.1" not in "".join(told)


def test_addresses_are_in_the_log_only_when_asked_for(
    make_server: Make, lines: Callable[[logging.Formatter], list[str]]
) -> None:
    told = lines(TextLines())
    make_server(log_addresses=True).client.get("/v1/config")
    assert re.search(r" INFO GET /v1/config 200 [\d.]+ ms from 127\.0\.0\.1 \[request \w{16}\]$", told[0])


def test_without_lines_of_requests_only_failures_are_told(
    make_server: Make, lines: Callable[[logging.Formatter], list[str]]
) -> None:
    server = make_server(log_requests=False)
    told = lines(TextLines())
    server.client.get("/v1/config")
    server.engine.published = None
    server.client.get("/readyz")
    assert [line.split()[2:6] for line in told] == [["WARNING", "GET", "/readyz", "503"]]


@pytest.mark.parametrize("formatter", [JsonLines, TextLines])
def test_an_unexpected_error_is_logged_by_kind_and_place_without_its_words(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    lines: Callable[[logging.Formatter], list[str]],
    formatter: Callable[[], logging.Formatter],
) -> None:
    def explode(_query: object) -> None:
        try:
            int("what the customer typed")
        except ValueError as error:
            raise RuntimeError("ann@example.com") from error

    told = lines(formatter())
    monkeypatch.setattr(server.engine, "suggest", explode)
    answer = server.client.post("/v1/suggestions", json={"text": "x"})
    logged = "".join(told)
    assert _id(answer) in answer.get_json()["error"]["detail"]
    assert _id(answer) in logged
    assert "ValueError" in logged
    assert "RuntimeError" in logged
    assert "test_observing.py" in logged
    assert "customer typed" not in logged
    assert "ann@example.com" not in logged


def test_errors_of_our_own_keep_their_words() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    log = logging.Logger("own")
    log.addHandler(handler)
    try:
        raise StoreError("the database is away")
    except StoreError:
        log.exception("not kept")
    line = json.loads(out.getvalue())
    assert line["message"] == "not kept"
    assert line["trace"][-1] == "StoreError: the database is away"
