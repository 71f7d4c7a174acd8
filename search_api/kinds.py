"""What a request is for: that decides its rate limit, how long it may wait, and which thread may serve it."""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["suggestions", "events", "tickets", "admin", "probes", "reading"]

_EXACT: Final[dict[str, Kind]] = {
    "/v1/suggestions": "suggestions",
    "/v1/events": "events",
    "/v1/tickets": "tickets",
    "/healthz": "probes",
    "/readyz": "probes",
    "/metrics": "probes",
    "/admin": "admin",
}

USE_THE_DATABASE: Final[frozenset[Kind]] = frozenset({"events", "tickets", "admin"})


def kind_of(path: str) -> Kind:
    """The kind by path; whatever is not named is reading: articles, pages, the widget's files.

    >>> kind_of("/v1/tickets"), kind_of("/admin/gaps"), kind_of("/help/en/refunds")
    ('tickets', 'admin', 'reading')
    """
    return _EXACT.get(path) or ("admin" if path.startswith("/admin/") else "reading")
