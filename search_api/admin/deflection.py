"""Deflection: where intents end, the rate week by week, and whether suggestions spare tickets at all."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kb.usage.deflection import DeflectionReport
from kb.usage.intervals import wilson
from search_api.admin.charts import Band, bands
from search_api.admin.reports import DAYS, Reports, chosen_days
from search_api.admin.words import short_day

OUTCOMES: Final = {
    "submitted_after_reading": "Wrote a ticket after reading",
    "submitted": "Wrote a ticket",
    "confirmed": "Said it solved the problem",
    "assumed": "Read an article, then left",
    "left": "Left otherwise",
    "unoffered": "Nothing to offer",
    "error": "We failed",
}


def deflection(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/deflection")
    def deflection() -> ResponseReturnValue:
        days = chosen_days(request.args.get("days"))
        report = reports.deflection(days)
        return render_template(
            "admin/deflection.html",
            report=report,
            days=days,
            periods=DAYS,
            outcomes=OUTCOMES,
            funnel=funnel(report),
            trend=bands(
                [Band(name=_week(week.name), interval=week.rate) for week in report.weeks],
                "Deflection rate by week with its 95 % interval",
            ),
            lift=bands(_arms(report), "Share who wrote a ticket, with 95 % intervals", joined=False)
            if report.lift.difference
            else None,
            title=reports.title,
        )


def funnel(report: DeflectionReport) -> list[tuple[str, int, float]]:
    """From all intents to confirmed ones: what, how many, and their share of all."""
    steps = [
        ("Asked something", report.intents),
        ("Were offered an article", report.offered),
        ("Read one", report.read),
        ("Said it solved the problem", report.confirmed),
    ]
    return [(name, number, number / report.intents if report.intents else 0.0) for name, number in steps]


def _week(name: str) -> str:
    return short_day(date.fromisoformat(name)) if name else ""


def _arms(report: DeflectionReport) -> list[Band]:
    lift = report.lift
    return [
        Band(name="Held out", interval=wilson(lift.held_out_submitted, lift.held_out)),
        Band(name="Shown", interval=wilson(lift.shown_submitted, lift.shown)),
        Band(name="Lift: the difference", interval=lift.difference),
    ]
