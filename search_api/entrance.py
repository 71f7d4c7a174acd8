"""What every request passes before its route: is it meant for us, still of use, and not one too many?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Flask, request

from search_api.connections import OVERLOADED, RETRY_SECONDS, WAITED
from search_api.errors import HttpError
from search_api.hosts import allowed_hosts, check_host
from search_api.kinds import Kind, kind_of
from search_api.proxies import TrustedProxies, networks
from search_api.services import Services

PATIENCE: Final[Mapping[Kind, float]] = {
    "suggestions": 2,
    "events": 2,
    "reading": 3,
    # The widget gives up after six seconds and lets the form submit itself.
    "tickets": 5,
    "admin": 10,
}
"""Seconds a request may have waited for a thread: longer, and its answer is worth less than the work."""


def add_entrance(app: Flask, services: Services) -> None:
    hosts = allowed_hosts(services.settings)
    app.wsgi_app = TrustedProxies(app.wsgi_app, networks(services.settings.trusted_proxies))  # type: ignore[method-assign]

    @app.before_request
    def enter() -> None:
        if request.method == "OPTIONS":
            return
        kind = kind_of(request.path)
        check_host(hosts)
        _check_origin(services.settings.allowed_origins)
        _check_wait(kind, request.environ.get(WAITED, 0.0))
        services.rates.check_address(kind, request.remote_addr or "", request.content_length or 0)


def _check_origin(allowed: Sequence[str]) -> None:
    """Raises HttpError 403 for what a page of another site has its visitor's browser send.

    CORS keeps such a page from reading the answer only. Browsers say where a request comes from, which is
    believed rather than the host name: a proxy may have put its own there.
    """
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") not in ("cross-site", "same-site"):
        return
    origin = request.headers.get("Origin", "").lower()
    if request.path.startswith("/v1/") and "*" not in allowed and origin not in map(str.lower, allowed):
        raise HttpError(
            403,
            "foreign_origin",
            "Pages of that origin may not call the API; its owner can add it to SELFHELP_ALLOWED_ORIGINS.",
        )


def _check_wait(kind: Kind, waited: float) -> None:
    """Raises HttpError 503 for a request that has waited too long: so the queue empties at once."""
    if waited > PATIENCE.get(kind, waited):
        raise HttpError(503, "overloaded", OVERLOADED, retry_after=RETRY_SECONDS)
