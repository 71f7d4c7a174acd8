from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse
from whole_server import Server

JSON = {"Content-Type": "application/json"}


def error(answer: TestResponse) -> dict[str, Any]:
    body = answer.get_json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"status", "code", "detail"}
    assert body["error"]["status"] == answer.status_code
    return dict(body["error"])


@pytest.mark.parametrize("path", ["/v1/suggestions", "/v1/events", "/v1/tickets"])
@pytest.mark.parametrize("body", [b"", b"{", b"not json", b'{"text": "\xff"}', b'{"text": "\\ud800"}'])
def test_malformed_json_is_400(server: Server, path: str, body: bytes) -> None:
    answer = server.client.post(path, data=body, headers=JSON)
    assert (error(answer)["code"], answer.status_code) == ("malformed_json", 400)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": 1}, "text"),
        ({"text": "x" * 201}, "text"),
        ({"text": "x", "limit": 0}, "limit"),
        ({"text": "x", "limit": 11}, "limit"),
        ({"text": "x", "limit": "3"}, "limit"),
        ({"text": "x", "limit": True}, "limit"),
        ({"text": "x", "min_confidence": 1.5}, "min_confidence"),
        ({"text": "x", "locale": 5}, "locale"),
        ({"text": "x", "session_id": []}, "session_id"),
        ({"text": "x", "txet": "y"}, "txet"),
        ([], "body"),
        ("text", "body"),
        (None, "body"),
    ],
)
def test_wrong_and_unknown_fields_are_422_and_named(
    make_server: Callable[..., Server], body: object, named: str
) -> None:
    answer = make_server(max_text_chars=200).client.post(
        "/v1/suggestions", data=json.dumps(body), headers=JSON
    )
    assert (answer.status_code, error(answer)["detail"].split(":")[0]) == (422, named)


def test_what_was_typed_is_not_repeated_in_an_error(server: Server) -> None:
    answer = server.client.post("/v1/suggestions", json={"text": ["my secret"], "limit": "secret"})
    assert "secret" not in answer.text


def test_not_a_number_is_no_confidence(server: Server) -> None:
    answer = server.client.post("/v1/suggestions", data=b'{"text": "x", "min_confidence": NaN}', headers=JSON)
    assert answer.status_code in (400, 422)


def test_a_body_over_the_limit_is_413(make_server: Callable[..., Server]) -> None:
    server = make_server(max_body_bytes=1024)
    answer = server.client.post("/v1/suggestions", data=json.dumps({"text": "x" * 2000}), headers=JSON)
    assert (error(answer)["code"], answer.status_code) == ("too_large", 413)


def test_unknown_addresses_and_methods_have_the_one_shape(server: Server) -> None:
    assert error(server.client.get("/v1/nothing"))["status"] == 404
    refused = server.client.get("/v1/suggestions")
    assert error(refused)["status"] == 405
    assert "POST" in refused.headers["Allow"]
    assert error(server.client.get("/v1/articles/en/nothing"))["code"] == "no_such_article"


def test_an_unexpected_failure_keeps_its_words_to_the_log(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(_query: object) -> None:
        raise RuntimeError("password of the database: hunter2")

    monkeypatch.setattr(server.engine, "suggest", explode)
    answer = server.client.post("/v1/suggestions", json={"text": "x"})
    assert error(answer)["status"] == 500
    assert "hunter2" not in answer.text
    assert answer.headers["X-Request-Id"] in error(answer)["detail"]
    assert answer.headers["X-Request-Id"] in caplog.text
    assert "hunter2" in caplog.text


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/suggestions"), ("GET", "/v1/articles/en/refunds"), ("GET", "/readyz")]
)
def test_before_a_snapshot_is_loaded_the_answer_is_503_and_says_when_to_come_back(
    server: Server, method: str, path: str
) -> None:
    server.engine.published = None
    answer = server.client.open(path, method=method, json={"text": "x"} if method == "POST" else None)
    assert (answer.status_code, error(answer)["code"]) == (503, "no_snapshot")
    assert int(answer.headers["Retry-After"]) > 0
    assert server.client.get("/healthz").status_code == 200


def test_people_get_a_page_instead(server: Server) -> None:
    answer = server.client.get("/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "/help/en/" in answer.text
    server.engine.published = None
    answer = server.client.get("/help/en/refunds")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/help/en/",
        "/help/en/black-screen",
        "/help/en/dark-screen",
        "/help/assets/pages.css",
        "/help/images/dot.svg",
        "/nothing",
        "/v1/config",
        "/v1/nothing",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/widget/selfhelp.js",
    ],
)
def test_every_answer_carries_the_security_headers(server: Server, path: str) -> None:
    with server.client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy or "sandbox" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]


def test_pages_of_named_origins_and_no_others_may_call(make_server: Callable[..., Server]) -> None:
    server = make_server(allowed_origins=("https://shop.example",))
    ask = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    allowed = server.client.options(
        "/v1/tickets", headers={**ask, "Access-Control-Request-Headers": "content-type, idempotency-key"}
    )
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "idempotency-key" in allowed.headers["Access-Control-Allow-Headers"].lower()
    for origin in ("https://evil.example", "https://shop.example.evil.example", "null"):
        refused = server.client.options("/v1/tickets", headers={**ask, "Origin": origin})
        assert "Access-Control-Allow-Origin" not in refused.headers
    failing = server.client.post("/v1/suggestions", data=b"{", headers={"Origin": "https://shop.example"})
    assert failing.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Origin" not in server.client.get("/help/en/", headers=ask).headers


def test_without_a_named_origin_no_other_may_call(server: Server) -> None:
    answer = server.client.get("/v1/config", headers={"Origin": "https://shop.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
