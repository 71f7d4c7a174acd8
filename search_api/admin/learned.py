"""Questions learned from customers, to keep or to revoke."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.store.learned import ACTIVE, REVOKED, LearnedRow, decide_learned, read_learned
from search_api.admin.reports import Reports
from search_api.errors import HttpError

SHOWN: Final = ("new", "kept", "revoked")


def learned(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/learned")
    def learned() -> ResponseReturnValue:
        rows = read_learned(reports.store)
        chosen = request.args.get("show", SHOWN[0])
        shown = [row for row in rows if state_of(row) == chosen]
        articles = [
            (reports.title(locale, slug), locale, slug, list(group))
            for (locale, slug), group in groupby(shown, key=lambda row: (row.locale, row.slug))
        ]
        counts = {state: sum(state_of(row) == state for row in rows) for state in SHOWN}
        return render_template(
            "admin/learned.html", articles=articles, counts=counts, chosen=chosen, total=len(rows)
        )

    @routes.post("/learned")
    def decide_on_learned() -> ResponseReturnValue:
        status, ids = request.form.get("status", ""), request.form.getlist("id")
        if status not in (ACTIVE, REVOKED) or not ids:
            raise HttpError(422, "invalid", f"status: {ACTIVE} or {REVOKED}, with the id of a question")
        decide_learned(reports.store, ids, status, g.visitor.name, datetime.now(UTC))
        done = "kept" if status == ACTIVE else "revoked"
        return redirect(url_for("admin.learned", show=request.form.get("show", SHOWN[0]), done=done), 303)


def state_of(row: LearnedRow) -> str:
    """`new` until somebody has decided: one that is new is in use all the same."""
    if row.status == REVOKED:
        return "revoked"
    return "kept" if row.decided_by else "new"
