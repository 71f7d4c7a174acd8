"""The blueprint of /admin: every page behind the gate, and none kept by a browser or a proxy."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from search_api.admin import words
from search_api.admin.gate import Gate, Visitor
from search_api.admin.login import check_form, login
from search_api.admin.reports import Reports
from search_api.admin.views import VIEWS
from search_api.errors import ErrorPage, HttpError
from search_api.models import ErrorDetail
from search_api.services import Services

CLOSED: Final = (
    "No admin token is set, so these pages are closed. Set SELFHELP_ADMIN_TOKENS=name:token, or "
    'admin_tokens = "name:token" in selfhelp.toml, and start the server again.'
)
OPEN: Final = "admin.login"
SAFE: Final = ("GET", "HEAD")


def admin(services: Services) -> Blueprint:
    routes = Blueprint("admin", __name__, url_prefix="/admin")
    gate = Gate(services.settings, services.signer)
    routes.before_request(lambda: _check(gate))
    routes.after_request(_private)
    routes.context_processor(lambda: _context(gate))
    login(routes, gate)
    reports = Reports(services)
    for add in VIEWS:
        add(routes, reports)

    @routes.get("/<path:rest>")
    def nothing(rest: str) -> ResponseReturnValue:
        abort(404)

    return routes


def admin_errors(otherwise: ErrorPage) -> ErrorPage:
    """Draws the errors of /admin as a page of it, all others as they were."""

    def page(error: ErrorDetail) -> Response:
        if request.path != "/admin" and not request.path.startswith("/admin/"):
            return otherwise(error)
        return Response(render_template("admin/problem.html", error=error, **_words()))

    return page


def _check(gate: Gate) -> ResponseReturnValue | None:
    """Lets in who has a session or brings a token, the latter only to read; else leads to the login."""
    if gate.closed:
        raise HttpError(403, "closed", CLOSED)
    if request.endpoint == OPEN:
        return None
    if bearer := _bearer():
        return _check_bearer(gate, bearer)
    visitor = gate.visitor(request)
    if visitor is None or not visitor.name:
        if request.method not in SAFE:
            raise HttpError(403, "logged_out", "Your session is over, so nothing was changed. Log in again.")
        return redirect(url_for("admin.login", to=request.full_path.rstrip("?")), 303)
    if request.method not in SAFE:
        check_form(gate, visitor)
    g.visitor = visitor
    return None


def _bearer() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else ""


def _check_bearer(gate: Gate, token: str) -> ResponseReturnValue | None:
    address = request.remote_addr or ""
    if wait := gate.wait_seconds(address):
        return Response("Too many wrong tokens.\n", 429, {"Retry-After": str(wait)}, mimetype="text/plain")
    name = gate.name_of(token, address)
    if name is None:
        headers = {"WWW-Authenticate": "Bearer"}
        return Response("This token is not known.\n", 401, headers, mimetype="text/plain")
    if request.method not in SAFE:
        raise HttpError(403, "read_only", "With a token in the header pages can be read, not changed.")
    g.visitor = Visitor(session="", name=name)
    return None


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _context(gate: Gate) -> dict[str, Any]:
    visitor: Visitor | None = g.get("visitor")
    return _words() | {
        "visitor": visitor,
        "csrf": gate.csrf(visitor) if visitor else "",
        "here": (request.endpoint or "").removeprefix("admin."),
    }


def _words() -> dict[str, Any]:
    """What templates say numbers and moments with."""
    names = ("ago", "moment", "day", "percent", "count", "sentence", "why", "KINDS", "STATUSES")
    return {name.lower(): getattr(words, name) for name in names}
