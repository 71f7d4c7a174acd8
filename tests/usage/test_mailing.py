"""Mail over a real SMTP server: taken, refused, with and without a password."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from kb.errors import MailError
from kb.settings import Settings
from kb.usage.mail import make_mail, send_mail

SECRET = "a very secret password"


class Post:
    """Keeps what it takes; refuses recipients called `nobody` and mails that hold REFUSE."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, to: str, _options: Any
    ) -> str:
        if to.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if b"REFUSE" in (envelope.content or b""):
            return "554 this looks like spam"
        self.taken.append(envelope)
        return "250 OK"


def _let_in(_server: Any, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    known = isinstance(given, LoginPassword) and given.password == SECRET.encode()
    return AuthResult(success=known, handled=known)


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    handler = Post()
    controller = Controller(
        handler, hostname="127.0.0.1", port=0, authenticator=_let_in, auth_require_tls=False
    )  # port 0 is any free one; the controller's own trial needs a fixed one
    controller.port = _free_port()
    controller.start()
    yield handler, controller.port
    controller.stop()


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


Make = Callable[..., Settings]


@pytest.fixture
def make_settings(post: tuple[Post, int]) -> Make:
    def make(**given: Any) -> Settings:
        base = {"smtp_host": "127.0.0.1", "smtp_port": post[1], "smtp_from": "selfhelp@shop.example",
                "digest_to": ("anna@shop.example", "ben@shop.example")}  # fmt: skip
        return Settings(**{**base, **given})

    return make


def mail(settings: Settings, text: str = "# Größe\n") -> None:
    send_mail(settings, make_mail(settings, "Two\nlines", text, "<h1>Größe</h1>"))


def test_a_mail_arrives_at_all_with_both_parts(post: tuple[Post, int], make_settings: Make) -> None:
    mail(make_settings())
    (taken,) = post[0].taken
    assert taken.rcpt_tos == ["anna@shop.example", "ben@shop.example"]
    assert isinstance(taken.content, bytes)
    arrived = message_from_bytes(taken.content, policy=default)
    assert (arrived["Subject"], arrived["From"]) == ("Two lines", "selfhelp@shop.example")
    parts = {part.get_content_type(): part.get_content().strip() for part in arrived.iter_parts()}
    assert parts == {"text/plain": "# Größe", "text/html": "<h1>Größe</h1>"}


def test_it_logs_in_where_a_name_is_set(post: tuple[Post, int], make_settings: Make) -> None:
    mail(make_settings(smtp_user="selfhelp", smtp_password=SECRET))
    assert len(post[0].taken) == 1


def test_a_wrong_password_is_said_without_the_password(make_settings: Make) -> None:
    with pytest.raises(MailError, match="SELFHELP_SMTP_PASSWORD") as refused:
        mail(make_settings(smtp_user="selfhelp", smtp_password="wrong-but-nearly"))
    assert "wrong-but-nearly" not in str(refused.value)


def test_a_password_goes_over_no_open_line_to_another_machine(
    make_settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.usage.mail.LOCAL", ())
    with pytest.raises(MailError, match="encryption"):
        mail(make_settings(smtp_user="selfhelp", smtp_password=SECRET))


def test_a_refused_recipient_is_named_and_the_others_get_it(
    post: tuple[Post, int], make_settings: Make
) -> None:
    with pytest.raises(MailError, match=r"nobody@shop\.example: 550 no such mailbox"):
        mail(make_settings(digest_to=("nobody@shop.example", "ben@shop.example")))
    assert [one.rcpt_tos for one in post[0].taken] == [["ben@shop.example"]]
    with pytest.raises(MailError, match=r"nobody@shop\.example"):
        mail(make_settings(digest_to=("nobody@shop.example",)))


def test_a_refused_mail_is_an_error_with_the_servers_words(make_settings: Make) -> None:
    with pytest.raises(MailError, match="554 this looks like spam"):
        mail(make_settings(), "REFUSE")


def test_a_server_that_is_not_there_is_an_error_that_names_it(make_settings: Make) -> None:
    with pytest.raises(MailError, match=r"127\.0\.0\.1:1: no mail could be sent"):
        mail(make_settings(smtp_port=1))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(MailError, match="SELFHELP_SMTP_HOST, SELFHELP_SMTP_FROM, SELFHELP_DIGEST_TO"):
        make_mail(Settings(), "x", "x", "x")


def test_the_password_is_in_no_picture_of_the_settings() -> None:
    assert SECRET not in repr(Settings(smtp_password=SECRET))
