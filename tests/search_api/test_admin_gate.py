"""Nobody without a token comes in, nobody guesses one, and no other site acts for who is in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import pytest
from admin_visitor import TOKEN, TOKENS, AdminVisitor, csrf_of
from whole_server import Server

from kb.errors import SettingsError
from kb.settings import Settings, load_settings
from search_api.admin import gate

Make = Callable[..., Server]
PAGES = (
    "/admin/",
    "/admin/gaps",
    "/admin/gaps/1",
    "/admin/deflection",
    "/admin/articles",
    "/admin/learned",
    "/admin/asked",
    "/admin/notices",
    "/admin/status",
    "/admin/export/gaps.csv",
    "/admin/nothing",
)


@pytest.fixture
def visitor(make_server: Make) -> AdminVisitor:
    return AdminVisitor(make_server(admin_tokens=TOKENS))


@pytest.mark.parametrize("path", [*PAGES, "/admin/login", "/admin/logout"])
def test_without_a_token_set_every_page_is_closed_and_says_how_to_open_it(server: Server, path: str) -> None:
    closed = server.client.post(path) if path.endswith("out") else server.client.get(path)
    assert closed.status_code == 403
    assert "SELFHELP_ADMIN_TOKENS" in closed.text


@pytest.mark.parametrize("path", PAGES)
def test_whoever_is_not_logged_in_is_led_to_the_login(visitor: AdminVisitor, path: str) -> None:
    led = visitor.get(path)
    assert (led.status_code, led.headers["Location"].split("?")[0]) == (303, "/admin/login")


def test_a_token_lets_in_and_the_cookie_is_safe_from_scripts_and_other_sites(visitor: AdminVisitor) -> None:
    entered = visitor.log_in()
    assert (entered.status_code, entered.headers["Location"]) == (303, "/admin/")
    cookie = entered.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/admin"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert TOKEN not in cookie
    page = visitor.get("/admin/notices")
    assert page.status_code == 200
    assert "Log out anna" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_elsewhere_than_on_this_machine_the_cookie_travels_by_https_only(make_server: Make) -> None:
    server = make_server(admin_tokens=TOKENS, allowed_hosts=("help.example",))
    far = AdminVisitor(server, "help.example")
    assert "Secure" in far.get("/admin/login").headers["Set-Cookie"]
    assert "not encrypted" in far.page("/admin/login")


def test_a_wrong_token_is_refused_and_after_five_the_address_has_to_wait(visitor: AdminVisitor) -> None:
    for _ in range(5):
        assert visitor.log_in("wrong").status_code == 401
    waiting = visitor.log_in()
    assert waiting.status_code == 429
    assert 1 <= int(waiting.headers["Retry-After"]) <= 301
    header = {"Authorization": f"Bearer {TOKEN}"}
    assert visitor.get("/admin/export/learned.csv", headers=header).status_code == 429


def test_whoever_has_a_network_of_addresses_has_five_tries_in_all(visitor: AdminVisitor) -> None:
    def tried(last: int) -> int:
        address = {"REMOTE_ADDR": f"2001:db8:1:2::{last:x}"}
        header = {"Authorization": "Bearer wrong-token-of-some-length"}
        return visitor.get("/admin/export/learned.csv", headers=header, environ_base=address).status_code

    assert [tried(last) for last in range(1, 8)][4:] == [401, 429, 429]


def test_a_clock_set_back_makes_nobody_wait_longer(
    visitor: AdminVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        visitor.log_in("wrong")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    assert int(visitor.log_in().headers["Retry-After"]) <= 301


def test_the_right_token_never_uses_up_the_tries(visitor: AdminVisitor) -> None:
    for _ in range(8):
        visitor.client.delete_cookie(gate.COOKIE, domain="localhost", path="/admin")
        assert visitor.log_in().status_code == 303


def test_every_token_is_compared_in_constant_time(
    visitor: AdminVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []
    real = gate.hmac.compare_digest

    def watch(left: bytes, right: bytes) -> bool:
        compared.append(right)
        return real(left, right)

    page = visitor.page("/admin/login")
    monkeypatch.setattr(gate.hmac, "compare_digest", watch)
    visitor.post("/admin/login", {"token": TOKEN, "csrf": csrf_of(page)})
    assert {token.split(":")[1].encode() for token in TOKENS} <= set(compared)


@pytest.mark.parametrize("sent", [{}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "Ü"}])
def test_a_change_without_the_forms_own_token_changes_nothing(
    visitor: AdminVisitor, sent: dict[str, str]
) -> None:
    visitor.log_in()
    refused = visitor.post("/admin/notices", {"text": "All is lost", "hours": "1", **sent})
    assert refused.status_code == 403
    assert "All is lost" not in visitor.page("/admin/notices")


def test_a_login_form_of_another_session_is_refused(visitor: AdminVisitor) -> None:
    other = AdminVisitor(visitor.server)
    theirs = csrf_of(other.page("/admin/login"))
    visitor.page("/admin/login")
    assert visitor.post("/admin/login", {"token": TOKEN, "csrf": theirs}).status_code == 403


def test_a_form_of_one_session_is_none_of_another(make_server: Make) -> None:
    server = make_server(admin_tokens=TOKENS)
    anna, ben = AdminVisitor(server), AdminVisitor(server)
    anna.log_in()
    ben.log_in("another-token-of-some-length")
    theirs = csrf_of(ben.page("/admin/notices"))
    assert anna.post("/admin/notices", {"text": "x", "hours": "", "csrf": theirs}).status_code == 403


def test_a_changed_cookie_is_no_session(visitor: AdminVisitor) -> None:
    visitor.log_in()
    value = visitor.client.get_cookie(gate.COOKIE, domain="localhost", path="/admin")
    assert value
    visitor.client.set_cookie(gate.COOKIE, value.value[:-2] + "aa", domain="localhost", path="/admin")
    assert visitor.get("/admin/notices").status_code == 303


def test_a_session_ends_by_logging_out_by_time_and_with_its_token(
    make_server: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server(admin_tokens=TOKENS)
    visitor = AdminVisitor(server)
    visitor.log_in()
    kept = visitor.client.get_cookie(gate.COOKIE, domain="localhost", path="/admin")
    assert kept
    visitor.post("/admin/logout", {}, form_of="/admin/notices")
    assert visitor.get("/admin/notices").status_code == 303
    without = AdminVisitor(make_server(admin_tokens=("anna:a-new-token-for-anna",)))
    without.client.set_cookie(gate.COOKIE, kept.value, domain="localhost", path="/admin")
    assert without.get("/admin/notices").status_code == 303
    visitor.log_in()
    assert visitor.get("/admin/notices").status_code == 200
    monkeypatch.setattr(gate, "SESSION_SECONDS", -1)
    assert visitor.get("/admin/notices").status_code == 303


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/admin/gaps?kind=missing", "/admin/gaps?kind=missing"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example/admin/", "/admin/"),
        ("/admin/../help/", "/admin/"),
        ("/admin/\\evil", "/admin/"),
    ],
)
def test_after_login_only_our_own_pages_are_led_to(visitor: AdminVisitor, asked: str, led: str) -> None:
    assert visitor.log_in(to=asked).headers["Location"] == led


def test_programs_read_with_the_token_in_the_header_and_change_nothing(visitor: AdminVisitor) -> None:
    header = {"Authorization": f"Bearer {TOKEN}"}
    assert visitor.get("/admin/export/learned.json", headers=header).get_json() == []
    wrong = visitor.get("/admin/export/learned.csv", headers={"Authorization": "Bearer wrong"})
    assert (wrong.status_code, wrong.headers["WWW-Authenticate"]) == (401, "Bearer")
    form = {"text": "x", "hours": "1"}
    assert visitor.client.post("/admin/notices", data=form, headers=header).status_code == 403


def test_no_token_is_ever_logged(visitor: AdminVisitor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    visitor.log_in("wrong-but-perhaps-a-typo")
    visitor.log_in()
    visitor.get("/admin/export/learned.csv", headers={"Authorization": f"Bearer {TOKEN}"})
    assert TOKEN not in caplog.text
    assert "wrong-but-perhaps" not in caplog.text


@pytest.mark.parametrize(
    "tokens",
    [
        "anna:short-secret",
        "sixteen-characters-no-name",
        ":no-name-but-a-long-token",
        "anna:the-same-long-token,ben:the-same-long-token",
        "a:long-token-number-1,a:long-token-number-2",
    ],
)
def test_tokens_that_are_no_good_stop_the_start_and_are_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tokens: str
) -> None:
    monkeypatch.setenv("SELFHELP_ADMIN_TOKENS", tokens)
    with pytest.raises(SettingsError, match="ADMIN_TOKENS") as refused:
        load_settings()
    said = f"{refused.value} {refused.value.__cause__}"
    assert not any(pair.split(":")[-1] in said for pair in tokens.split(","))
    assert TOKEN not in repr(Settings(admin_tokens=TOKENS))
