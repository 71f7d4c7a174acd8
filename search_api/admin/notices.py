"""Notices: pinning one while something is broken, and taking it down again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.store.notices import NewNotice, end_notice, pin_notice, read_notices
from search_api.admin.reports import Reports
from search_api.errors import HttpError

TEXT_CHARS: Final = 300
QUESTIONS: Final = 20
QUESTION_CHARS: Final = 300
HOURS: Final = {"1": "1 hour", "4": "4 hours", "24": "1 day", "168": "1 week", "": "until I take it down"}
PAST: Final = 20


def notices(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/notices")
    def notices() -> ResponseReturnValue:
        now = datetime.now(UTC)
        kept = read_notices(reports.store)
        return render_template(
            "admin/notices.html",
            pinned=[one for one in kept if one.active(now)],
            past=[one for one in kept if not one.active(now)][:PAST],
            hours=HOURS,
            text=request.args.get("text", "")[:TEXT_CHARS],
            question=request.args.get("question", "")[:QUESTION_CHARS],
            text_chars=TEXT_CHARS,
        )

    @routes.post("/notices")
    def pin() -> ResponseReturnValue:
        pin_notice(reports.store, _notice())
        reports.services.notices.look(reports.store, reports.engine)
        return redirect(url_for("admin.notices", done="pinned"), 303)

    @routes.post("/notices/<int:notice_id>/end")
    def unpin(notice_id: int) -> ResponseReturnValue:
        end_notice(reports.store, notice_id, datetime.now(UTC))
        reports.services.notices.look(reports.store, reports.engine)
        return redirect(url_for("admin.notices", done="ended"), 303)


def _notice() -> NewNotice:
    """What the form holds. Raises HttpError 422."""
    form = {name: value.strip().replace("\0", "") for name, value in request.form.items()}
    questions = tuple(filter(None, map(str.strip, form.get("questions", "").splitlines())))
    hours, url = form.get("hours", ""), form.get("url", "")
    if not form.get("text") or len(form["text"]) > TEXT_CHARS:
        raise HttpError(422, "invalid", f"text: 1 to {TEXT_CHARS} characters")
    if url and not _is_address(url):
        raise HttpError(422, "invalid", "url: an address that begins with https:// or http://, or with /")
    if len(questions) > QUESTIONS or any(len(one) > QUESTION_CHARS for one in questions):
        limits = f"at most {QUESTIONS} lines of at most {QUESTION_CHARS} characters"
        raise HttpError(422, "invalid", f"questions: {limits}")
    if hours not in HOURS:
        raise HttpError(422, "invalid", f"hours: one of {', '.join(filter(None, HOURS))}, or none")
    now = datetime.now(UTC)
    return NewNotice(
        text=form["text"],
        by=g.visitor.name,
        from_at=now,
        url=url or None,
        questions=questions,
        until_at=now + timedelta(hours=int(hours)) if hours else None,
    )


def _is_address(url: str) -> bool:
    """A link that can be followed from a customer's page, and that is no script."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    here = url.startswith("/") and not url.startswith("//")
    return here or (parts.scheme in ("http", "https") and bool(parts.netloc))
