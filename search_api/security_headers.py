"""The headers that every answer carries, whoever gives it: the application or the server below it."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

HEADERS: Final = {
    # Articles may show pictures from elsewhere; nothing else comes from there.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # What may be kept says so itself; an error or an answer to one person may not.
    "Cache-Control": "no-store",
}
FOR_ANY_SITE: Final = ("/widget/", "/help/images/")
"""Scripts and pictures that pages of other sites show: the widget and the articles in its panel."""
HTTPS_ONLY: Final = "max-age=31536000"
"""A year. Other hosts of the domain are not ours to speak for: no includeSubDomains."""


def add_security_headers(app: Flask) -> None:
    """On every answer of `app`, errors included; a header that a route has set stays as it is."""
    app.after_request(_with_headers)


def _with_headers(response: Response) -> Response:
    headers = response.headers
    if request.path.startswith(FOR_ANY_SITE):
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
    for name, value in HEADERS.items():
        if name not in headers:
            headers[name] = value
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
    return response
