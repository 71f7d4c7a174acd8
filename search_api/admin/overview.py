"""The first page: what to write next and why, and whether anything needs looking at."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb.store.gaps import DRAFTING, OPEN, PUBLISHED, VERIFIED
from kb.store.notices import read_notices
from kb.usage.floor import least_persons
from kb.usage.gaps import gap_detail
from search_api.admin.reports import Reports

NEXT = 6


def overview(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/")
    def overview() -> ResponseReturnValue:
        now = datetime.now(UTC)
        report = reports.gaps()
        todo = [gap for gap in report.gaps if gap.status == OPEN]
        top = gap_detail(reports.store, todo[0].gap_id, least_persons(reports.settings)) if todo else None
        counts = Counter(gap.status for gap in (*report.gaps, *report.decided))
        return render_template(
            "admin/overview.html",
            top=top,
            following=todo[1:NEXT],
            surges=[gap for gap in report.gaps if gap.surge],
            failing=[gap for gap in report.gaps if gap.status == PUBLISHED and gap.replay.get("failing")],
            counts={status: counts[status] for status in (OPEN, DRAFTING, PUBLISHED, VERIFIED)},
            hidden=report.hidden_singles,
            deflection=reports.deflection(30),
            pinned=[one for one in read_notices(reports.store, since=now) if one.active(now)],
            articles=len(reports.articles()),
        )
