from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole_server import Server

from kb.errors import SettingsError
from kb.settings import load_settings
from search_api.proxies import TrustedProxies, address_of, networks

TRUSTED = networks(["10.0.0.0/8", "2001:db8:aaaa::/48", "127.0.0.1"])


def seen(peer: str, **headers: str) -> dict[str, Any]:
    """The environment as the application gets it."""
    got: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], _start: object) -> list[bytes]:
        got.append(environ)
        return []

    environ = {"REMOTE_ADDR": peer, "HTTP_HOST": "inside", "wsgi.url_scheme": "http"}
    named = {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()}
    TrustedProxies(app, TRUSTED)({**environ, **named}, None)
    return got[0]


def client(peer: str, chain: str) -> str:
    return str(seen(peer, **{"for": chain})["REMOTE_ADDR"])


@pytest.mark.parametrize(
    ("peer", "chain", "expected"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9:4711, 10.0.0.2:80", "203.0.113.9"),
        ("10.0.0.1", '"[2001:db8::7]:4711"', "2001:db8::7"),
        ("2001:db8:aaaa::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
        ("198.51.100.1", "10.0.0.1", "198.51.100.1"),
    ],
)
def test_the_client_is_the_last_that_no_trusted_proxy_is(peer: str, chain: str, expected: str) -> None:
    assert client(peer, chain) == expected


def test_scheme_and_host_are_the_proxys_to_tell_and_nobody_elses() -> None:
    told = seen("10.0.0.1", proto="http, HTTPS", host="evil.example, help.example")
    assert (told["wsgi.url_scheme"], told["HTTP_HOST"]) == ("https", "help.example")
    assert seen("10.0.0.1", proto="gopher")["wsgi.url_scheme"] == "http"
    told = seen("198.51.100.1", proto="https", host="evil.example")
    assert (told["wsgi.url_scheme"], told["HTTP_HOST"]) == ("http", "inside")
    assert not [name for name in told if "FORWARDED" in name]


@given(st.text())
def test_whatever_a_client_writes_there_it_is_never_believed_and_never_breaks(chain: str) -> None:
    assert client("198.51.100.1", chain) == "198.51.100.1"
    assert client("10.0.0.1", f"{chain}, 203.0.113.9") == "203.0.113.9"
    assert address_of(client("10.0.0.1", chain))


def test_the_rate_limit_counts_clients_and_not_their_proxy(make_server: Callable[..., Server]) -> None:
    server = make_server(rate_limit="1/minute", trusted_proxies=("127.0.0.1",))

    def ask(chain: str) -> int:
        headers = {"X-Forwarded-For": chain}
        return server.client.post("/v1/suggestions", json={"text": "x"}, headers=headers).status_code

    assert [ask("203.0.113.1"), ask("203.0.113.2"), ask("6.6.6.6, 203.0.113.1")] == [200, 200, 429]


def test_an_unnamed_proxy_is_told_of_once(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        server.client.get("/healthz", headers={"X-Forwarded-For": "203.0.113.1"})
    assert caplog.text.count("SELFHELP_TRUSTED_PROXIES") == 1
    assert "203.0.113.1" not in caplog.text


def test_what_is_no_network_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="SELFHELP_TRUSTED_PROXIES"):
        load_settings(trusted_proxies="10.0.0.0/8, proxy.example")
    assert load_settings(trusted_proxies="10.1.2.3/8").trusted_proxies == ("10.0.0.0/8",)
