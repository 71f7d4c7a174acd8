"""Names, headers, waiting and signatures: what a request has to pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from whole_server import Server

from kb.store.tables import events, tickets
from search_api.connections import WAITED
from search_api.signing import Signer

ANY = "0.0.0.0"  # noqa: S104 - nothing listens there


def statuses(server: Server, hosts: list[str], path: str = "/v1/config") -> list[int]:
    return [server.client.get(path, headers={"Host": host}).status_code for host in hosts]


def test_a_page_that_makes_its_name_mean_this_machine_reads_nothing(server: Server) -> None:
    answer = server.client.get("/v1/config", headers={"Host": "evil.example:8000"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (421, "wrong_host")
    assert "SELFHELP_ALLOWED_HOSTS" in answer.get_json()["error"]["detail"]
    own = ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST."]
    assert statuses(server, own) == [200] * 4
    assert statuses(server, ["evil.example", "localhost.evil.example", ""]) == [421] * 3


def test_a_server_for_others_answers_to_any_name_unless_some_are_named(
    make_server: Callable[..., Server],
) -> None:
    assert statuses(make_server(host=ANY), ["help.example", ""]) == [200, 200]
    named = make_server(host=ANY, allowed_hosts=("help.example", ".shop.example"))
    assert statuses(named, ["help.example:443", "a.shop.example", "192.0.2.1"]) == [200] * 3
    assert statuses(named, ["shop.example", "ahelp.example", "xshop.example"]) == [421] * 3
    assert statuses(named, ["selfhelp", "10.0.0.7"], "/readyz") == [200] * 2, "probes may call it anything"


def test_a_page_of_another_site_has_nobody_send_anything(make_server: Callable[..., Server]) -> None:
    server = make_server(allowed_origins=("https://shop.example",))

    def send(origin: str, site: str) -> int:
        said = {"Origin": origin, "Sec-Fetch-Site": site, "Content-Type": "text/plain"}
        body = '{"email": "ann@shop.example", "message": "x"}'
        return server.client.post("/v1/tickets", data=body, headers=said).status_code

    assert send("https://evil.example", "cross-site") == 403
    assert send("https://evil.shop.example", "same-site") == 403
    assert send("https://shop.example", "cross-site") == 201
    assert send("https://help.example", "same-origin") == 201, "whatever host a proxy has put there"


def test_what_waited_too_long_is_refused_before_any_work_and_tickets_last(server: Server) -> None:
    def ask(waited: float, path: str = "/v1/suggestions") -> int:
        body = {"text": "black screen"} if "sugg" in path else {"email": "a@b.example", "message": "x"}
        return server.client.post(path, json=body, environ_base={WAITED: waited}).status_code

    assert ask(1.9) == 200
    asked = len(server.engine.asked)
    assert ask(2.1) == 503
    assert len(server.engine.asked) == asked
    assert ask(4.9, "/v1/tickets") == 201
    assert ask(5.1, "/v1/tickets") == 503
    refused = server.client.post("/v1/suggestions", json={"text": "x"}, environ_base={WAITED: 9.0})
    assert (refused.get_json()["error"]["code"], refused.headers["Retry-After"]) == ("overloaded", "1")


def test_behind_https_browsers_are_told_to_stay_there(make_server: Callable[..., Server]) -> None:
    server = make_server(trusted_proxies=("127.0.0.1",))
    assert "Strict-Transport-Security" not in server.client.get("/help/en/").headers
    for path in ("/help/en/", "/v1/nothing", "/help/assets/pages.css"):
        with server.client.get(path, headers={"X-Forwarded-Proto": "https"}) as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/widget/selfhelp.js", "cross-origin"),
        ("/help/images/dot.svg", "cross-origin"),
        ("/help/en/", "same-origin"),
        ("/v1/config", "same-origin"),
        ("/nothing", "same-origin"),
    ],
)
def test_other_sites_may_show_the_widget_and_pictures_and_nothing_else(
    server: Server, path: str, policy: str
) -> None:
    with server.client.get(path) as answer:
        assert answer.headers["Cross-Origin-Resource-Policy"] == policy
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"].split("style-src")[0]


def test_what_says_nothing_about_keeping_it_is_not_kept(server: Server) -> None:
    for path in ("/nothing", "/v1/nothing", "/readyz"):
        assert server.client.get(path).headers["Cache-Control"] == "no-store"
    assert server.client.get("/v1/config").headers["Cache-Control"] == "public, max-age=60"


def test_no_page_has_a_script_or_style_of_its_own_that_the_policy_forbids(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(demo=True)
    for path in ("/", "/demo/sent", "/help/en/", "/help/en/black-screen", "/nothing"):
        page = server.client.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


def test_events_cannot_be_made_up_for_others(server: Server) -> None:
    ours, theirs = server.ask(), server.ask()
    forged = Signer(b"another secret")
    query = ours["query_id"].split(".")[0]
    attempts = [
        (ours["session_id"], theirs["query_id"]),
        (ours["session_id"], query),
        (ours["session_id"], f"{query}.{theirs['query_id'].split('.')[1]}"),
        (ours["session_id"], ours["query_id"][:-1]),
        (ours["session_id"], forged.new_query(server.signer.session(ours["session_id"]) or "")[1]),
        (ours["session_id"], ours["session_id"]),
    ]
    for session, signed in attempts:
        event = {"type": "shown", "query_id": signed, "at": "2026-11-22T10:00:00Z"}
        answer = server.client.post("/v1/events", json={"session_id": session, "events": [event]})
        assert answer.get_json()["accepted"] == 0, signed
    for session in (forged.sign_session("x"), ours["session_id"][:-1], query, "", ours["query_id"]):
        answer = server.client.post("/v1/events", json={"session_id": session, "events": []})
        assert answer.status_code == 422, session
    assert server.rows(events) == []


def test_a_ticket_does_not_link_itself_to_the_visit_of_another(server: Server) -> None:
    ours, theirs = server.ask(), server.ask()
    ticket = {"email": "a@b.example", "message": "x", "query_id": theirs["query_id"]}
    server.client.post("/v1/tickets", json=ticket | {"session_id": ours["session_id"]})
    server.client.post("/v1/tickets", json=ticket | {"session_id": f"{theirs['session_id']}x"})
    assert [(row["session_id"], row["query_id"]) for row in server.rows(tickets)] == [
        (server.signer.session(ours["session_id"]), None),
        (None, None),
    ]
