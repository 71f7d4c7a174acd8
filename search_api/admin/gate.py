"""Who may open /admin: tokens compared in constant time, sessions in a signed cookie, guesses slowed down."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from kb.settings import Settings
from search_api.proxies import subscriber
from search_api.rates import Windows
from search_api.signing import Signer

COOKIE: Final = "selfhelp_admin"
SESSION_SECONDS: Final = 12 * 3600
ID_BYTES: Final = 16
FAILURES: Final = RateLimitItemPerMinute(5, 5)
"""Wrong tokens from one address: five within five minutes."""
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody with a session; `name` is that of the token, empty until one was given."""

    session: str
    name: str = ""


class Gate:
    """Keeps no session of its own: what is signed in the cookie is all there is.

    A session ends after twelve hours, and at once when its token is taken out of the settings.
    """

    def __init__(self, settings: Settings, signer: Signer) -> None:
        self._tokens = dict(pair.split(":", 1) for pair in settings.admin_tokens)
        self._key = signer.key("admin")
        self._cookies = URLSafeTimedSerializer(self._key, salt="selfhelp.admin")
        self._windows = Windows(time.monotonic)
        self._limiter = FixedWindowRateLimiter(self._windows)

    @property
    def closed(self) -> bool:
        """Whether nobody may come in, for want of a token in the settings."""
        return not self._tokens

    def name_of(self, token: str, address: str) -> str | None:
        """Whose token this is; None for nobody's, which counts against the address."""
        given = token.strip().encode()
        # All of them, whichever fits: the time taken tells nothing.
        found = [name for name, known in self._tokens.items() if hmac.compare_digest(given, known.encode())]
        if found:
            return found[0]
        self._limiter.hit(FAILURES, subscriber(address))
        return None

    def wait_seconds(self, address: str) -> int:
        """How long this address has to wait before it may try another token; 0: not at all."""
        who = subscriber(address)
        if self._limiter.test(FAILURES, who):
            return 0
        return max(1, ceil(self._windows.seconds_left(FAILURES.key_for(who))))

    def visitor(self, request: Request) -> Visitor | None:
        """Who the cookie says this is; None without one, or with one that is too old or not ours."""
        try:
            said: dict[str, Any] = self._cookies.loads(
                request.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS
            )
            name, session, mark = said["name"], said["id"], said["mark"]
        except (BadData, KeyError, TypeError):
            return None
        return Visitor(session=session, name=name) if mark == self._mark(name) else None

    def remember(self, response: Response, name: str = "", *, secure: bool) -> Visitor:
        """A new session, in a cookie that scripts cannot read and other sites cannot make be sent."""
        visitor = Visitor(session=secrets.token_urlsafe(ID_BYTES), name=name)
        said = {"name": name, "id": visitor.session, "mark": self._mark(name)}
        response.set_cookie(
            COOKIE,
            str(self._cookies.dumps(said)),
            max_age=SESSION_SECONDS,
            path="/admin",
            secure=secure,
            httponly=True,
            samesite="Strict",
        )
        return visitor

    def csrf(self, visitor: Visitor) -> str:
        """What a form of this session has to carry: no other site can know it."""
        return hmac.new(self._key, f"csrf:{visitor.session}".encode(), "sha256").hexdigest()

    def is_csrf(self, visitor: Visitor, given: str) -> bool:
        return hmac.compare_digest(self.csrf(visitor).encode(), given.encode())

    def _mark(self, name: str) -> str:
        """Changes with the token, so that a session does not outlive it; empty before login."""
        token = self._tokens.get(name)
        return hmac.new(self._key, token.encode(), "sha256").hexdigest()[:16] if token else ""


def secure(request: Request) -> bool:
    """Whether the cookie may travel over HTTPS only: always, but on this machine itself."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    return request.is_secure or host not in LOCAL
