"""Every table of these pages as CSV and as JSON, under the same filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from kb.store.gap_places import gap_places
from kb.store.learned import read_learned
from kb.store.notices import read_notices
from kb.usage.deflection import GroupLine
from search_api.admin.articles import health
from search_api.admin.asked import asking_now, chosen_hours
from search_api.admin.gaps import LISTS, Filter, filtered
from search_api.admin.learned import state_of
from search_api.admin.reports import Reports, chosen_days
from search_api.admin.sheets import Sheet, csv_answer, json_rows

GAP: Final = (
    "gap_id", "label", "kind", "status", "persons", "questions", "surge", "first_seen", "last_seen", "score",
)  # fmt: skip
GROUP: Final = ("name", "intents", "offered", "confirmed", "assumed", "submitted")


def exports(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/export/<name>.<any(csv, json):ending>")
    def export(name: str, ending: str) -> ResponseReturnValue:
        make = SHEETS.get(name) or abort(404)
        return csv_answer(make(reports), name) if ending == "csv" else json_rows(make(reports))

    @routes.get("/gaps/<int:gap_id>.<any(csv, json):ending>")
    def export_gap(gap_id: int, ending: str) -> ResponseReturnValue:
        detail = reports.gap(gap_id)
        columns = ("text", "count", "persons", "last_seen")
        sheet = _sheet(columns, detail.questions)
        return csv_answer(sheet, f"gap-{detail.gap.gap_id}") if ending == "csv" else json_rows(sheet)


def _sheet(columns: Sequence[str], things: Sequence[Any]) -> Sheet:
    return Sheet(columns=columns, rows=[[getattr(one, name) for name in columns] for one in things])


def _gaps(reports: Reports) -> Sheet:
    chosen = request.args.get("list", "")
    shown = chosen if chosen in LISTS else LISTS[0]
    return _sheet(GAP, filtered(reports.gaps(), shown, Filter.of_request(), gap_places(reports.store)))


def _outcomes(reports: Reports) -> Sheet:
    report = reports.deflection(chosen_days(request.args.get("days")))
    return _sheet(("outcome", "intents", "taken_back", "provisional"), report.outcomes)


def _groups(of: str) -> Callable[[Reports], Sheet]:
    def sheet(reports: Reports) -> Sheet:
        lines: Sequence[GroupLine] = getattr(reports.deflection(chosen_days(request.args.get("days"))), of)
        rows = [
            [getattr(line, name) for name in GROUP]
            + [getattr(line.rate, bound, None) for bound in ("value", "low", "high")]
            for line in lines
        ]
        return Sheet(columns=(*GROUP, "rate", "rate_low", "rate_high"), rows=rows)

    return sheet


def _articles(reports: Reports) -> Sheet:
    rows = [
        (one.article.locale, one.article.slug, one.article.title, one.article.updated,
         one.offered, one.opened, one.solved, one.tickets, one.doubts.count, " ".join(one.marks),
         " ".join(f"{code}:{count}" for code, count in one.doubts.reasons.items()))
        for one in health(reports, chosen_days(request.args.get("days")))
    ]  # fmt: skip
    counts = ("offered", "opened", "solved", "tickets", "not_solved")
    return Sheet(
        columns=("locale", "slug", "title", "updated", *counts, "marks", "not_solved_reasons"), rows=rows
    )


def _learned(reports: Reports) -> Sheet:
    columns = ("learned_id", "locale", "slug", "question", "persons", "source", "decided_by", "decided_at")
    rows = read_learned(reports.store)
    named = _sheet(columns, rows)
    return Sheet(
        columns=(*columns, "state"),
        rows=[[*values, state_of(row)] for values, row in zip(named.rows, rows, strict=True)],
    )


def _asked(reports: Reports) -> Sheet:
    report = asking_now(reports, chosen_hours(request.args.get("hours")))
    return _sheet(("text", "persons", "answered", "last_seen"), report.asked)


def _notices(reports: Reports) -> Sheet:
    columns = ("notice_id", "text", "url", "from_at", "until_at", "by")
    kept = read_notices(reports.store)
    return Sheet(
        columns=(*columns, "questions"),
        rows=[[*(getattr(one, name) for name in columns), " | ".join(one.questions)] for one in kept],
    )


SHEETS: Final[dict[str, Callable[[Reports], Sheet]]] = {
    "gaps": _gaps,
    "outcomes": _outcomes,
    "weeks": _groups("weeks"),
    "locales": _groups("locales"),
    "pages": _groups("pages"),
    "articles": _articles,
    "learned": _learned,
    "asked": _asked,
    "notices": _notices,
}
