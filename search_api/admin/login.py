"""Logging in with a token, and out again."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from search_api.admin.gate import COOKIE, Gate, Visitor, secure
from search_api.errors import HttpError

FORM: Final = "This form is out of date or from elsewhere, so nothing was changed. Go back and reload it."


def login(routes: Blueprint, gate: Gate) -> None:
    @routes.route("/login", methods=["GET", "POST"], endpoint="login")
    def enter() -> ResponseReturnValue:
        visitor = gate.visitor(request)
        if request.method == "POST":
            check_form(gate, visitor)
            return _given(gate)
        if visitor and visitor.name:
            return redirect(_next(), 303)
        return _page(gate, "")

    @routes.post("/logout")
    def leave() -> ResponseReturnValue:
        answer = redirect(url_for("admin.login"), 303)
        answer.delete_cookie(COOKIE, path="/admin", secure=secure(request), httponly=True, samesite="Strict")
        return answer


def check_form(gate: Gate, visitor: Visitor | None) -> None:
    """Raises HttpError 403 for a form that this session was not given."""
    if visitor is None or not gate.is_csrf(visitor, request.form.get("csrf", "")):
        raise HttpError(403, "not_our_form", FORM)


def _given(gate: Gate) -> ResponseReturnValue:
    address = request.remote_addr or ""
    if wait := gate.wait_seconds(address):
        minutes = -(-wait // 60)
        page = _page(gate, f"Too many wrong tokens. Try again in {minutes} min.", 429)
        page.headers["Retry-After"] = str(wait)
        return page
    name = gate.name_of(request.form.get("token", ""), address)
    if name is None:
        return _page(gate, "This token is not known here. Tokens are set in SELFHELP_ADMIN_TOKENS.", 401)
    answer = Response(status=303, headers={"Location": _next()})
    gate.remember(answer, name, secure=secure(request))
    return answer


def _page(gate: Gate, problem: str, status: int = 200) -> Response:
    """With a session of its own, so that the form can be known again."""
    answer = Response(status=status)
    visitor = gate.remember(answer, secure=secure(request))
    unsafe = secure(request) and not request.is_secure
    page = render_template(
        "admin/login.html", problem=problem, csrf=gate.csrf(visitor), to=_next(), unsafe=unsafe
    )
    answer.set_data(page)
    return answer


def _next() -> str:
    """Where to go after login: a page of /admin, whatever the address says."""
    to = request.values.get("to", "")
    return to if to.startswith("/admin/") and "\\" not in to and ".." not in to else url_for("admin.overview")
