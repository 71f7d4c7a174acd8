"""One mail by SMTP, over an encrypted connection wherever a password goes along."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from kb.errors import MailError
from kb.settings import Settings

TIMEOUT_SECONDS: Final = 30
TLS_PORT: Final = 465
LOCAL: Final = ("localhost", "127.0.0.1", "::1")


def make_mail(settings: Settings, subject: str, text: str, html: str) -> EmailMessage:
    """A mail with both parts. Raises MailError naming the setting that is missing."""
    wanted = ("smtp_host", "smtp_from", "digest_to")
    if missing := [f"SELFHELP_{name.upper()}" for name in wanted if not getattr(settings, name)]:
        raise MailError(f"nothing can be mailed: set {', '.join(missing)}")
    mail = EmailMessage()
    try:
        mail["From"], mail["To"] = settings.smtp_from, ", ".join(settings.digest_to)
    except ValueError as error:
        raise MailError("SELFHELP_SMTP_FROM or SELFHELP_DIGEST_TO is no address") from error
    mail["Subject"] = " ".join(subject.split())
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="selfhelp.invalid")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def send_mail(settings: Settings, mail: EmailMessage) -> None:
    """Sends it. Raises MailError, without the password, when it was not taken for all recipients."""
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with _connected(settings) as server:
            _log_in(server, settings, place)
            refused = server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPAuthenticationError as error:
        raise MailError(
            f"{place} does not take SELFHELP_SMTP_USER with SELFHELP_SMTP_PASSWORD ({error.smtp_code})"
        ) from None
    except smtplib.SMTPResponseException as error:
        said = f"{error.smtp_code} {_words(error.smtp_error)}"
        raise MailError(f"{place} refused the mail with {said}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(f"{place}: no mail could be sent ({type(error).__name__}: {error})") from None
    if refused:
        told = "; ".join(f"{to}: {code} {_words(said)}" for to, (code, said) in refused.items())
        raise MailError(f"{place} refused recipients of SELFHELP_DIGEST_TO: {told}")


def _connected(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    if port == TLS_PORT:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
    return server


def _log_in(server: smtplib.SMTP, settings: Settings, place: str) -> None:
    if not settings.smtp_user:
        return
    encrypted = isinstance(server.sock, ssl.SSLSocket)
    if not encrypted and settings.smtp_host not in LOCAL:
        raise MailError(f"{place} offers no encryption, so the password was not sent: use another port")
    server.login(settings.smtp_user, settings.smtp_password)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
