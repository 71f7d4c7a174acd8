"""The health of articles."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kb.store.doubts import find_doubts
from kb.store.periods import Period
from kb.store.persons import TAKEN_BACK
from kb.usage.article_health import IGNORED, MARKS, NEVER, STALE, TICKETS, ArticleHealth, article_health
from search_api.admin.reports import DAYS, Reports, chosen_days

NAMES: Final = {
    TICKETS: "Read, then a ticket",
    IGNORED: "Shown, hardly opened",
    STALE: "Not updated for a year",
    NEVER: "Never shown",
}
REMEDIES: Final = {
    TICKETS: "People read it and still write: it leaves their question open. Rewrite it.",
    IGNORED: "Its title does not promise what people look for: rename it, unless a better one comes first.",
    STALE: "Check that it is still true, then set `updated`.",
    NEVER: "Nobody asks this, or not in its words: add `questions`, or let it go.",
}
# As the widget asks (widget/verdict.js); any other code stands for itself.
REASONS: Final = {
    "other": "about something else",
    "incomplete": "something is missing",
    "tried": "had tried that already",
    "unclear": "hard to follow",
}


def articles(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/articles")
    def articles() -> ResponseReturnValue:
        days = chosen_days(request.args.get("days"))
        everything = health(reports, days)
        mark = request.args.get("mark", "")
        return render_template(
            "admin/articles.html",
            articles=[one for one in everything if not mark or mark in one.marks],
            total=len(everything),
            counts={mark: sum(mark in one.marks for one in everything) for mark in MARKS},
            mark=mark,
            names=NAMES,
            remedies=REMEDIES,
            reasons=REASONS,
            days=days,
            periods=DAYS,
        )


def health(reports: Reports, days: int) -> list[ArticleHealth]:
    """Of every published article over so many days."""
    report = reports.deflection(days)
    period = Period(since=report.since, until=report.until, final=report.until - TAKEN_BACK)
    doubts = find_doubts(reports.store, period)
    return article_health(reports.articles(), report.articles, report.until.date(), doubts)
