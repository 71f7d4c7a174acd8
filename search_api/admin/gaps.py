"""The list of gaps, one gap with all that is known of it, and what is decided about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.store.gap_places import GapPlaces, gap_places
from kb.store.gaps import STATUSES, VERIFIED, GapRow, decide_gap
from kb.usage.gaps import GapReport
from search_api.admin.charts import bars
from search_api.admin.reports import Reports
from search_api.errors import HttpError

LISTS: Final = ("gaps", "off_topic", "decided")
# `verified` is measured, never said.
DECISIONS: Final = tuple(status for status in STATUSES if status != VERIFIED)
NOTE_CHARS: Final = 1000
PLACES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the list is narrowed to; empty: everything."""

    kind: str = ""
    status: str = ""
    locale: str = ""
    page: str = ""

    @classmethod
    def of_request(cls) -> Filter:
        return cls(**{name: request.args.get(name, "") for name in cls.__slots__})

    @property
    def chosen(self) -> dict[str, str]:
        """What is not empty, for an address."""
        return {name: value for name, value in asdict(self).items() if value}

    def fits(self, gap: GapRow, places: GapPlaces) -> bool:
        return (
            self.kind in ("", gap.kind)
            and self.status in ("", gap.status)
            and (not self.locale or self.locale in places.locales)
            and (not self.page or self.page in places.pages)
        )


def gaps(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/gaps")
    def gaps() -> ResponseReturnValue:
        report = reports.gaps()
        chosen = request.args.get("list", "")
        shown, narrowed = chosen if chosen in LISTS else LISTS[0], Filter.of_request()
        places = gap_places(reports.store)
        listed = filtered(report, shown, narrowed, places)
        return render_template(
            "admin/gaps.html",
            report=report,
            broken_since=reports.broken_since(),
            shown=shown,
            gaps=listed,
            filter=narrowed,
            places=places,
            locales=_all(places[gap.gap_id].locales for gap in getattr(report, shown)),
            pages=_all(places[gap.gap_id].pages for gap in getattr(report, shown)),
        )

    @routes.get("/gaps/<int:gap_id>")
    def gap(gap_id: int) -> ResponseReturnValue:
        detail = reports.gap(gap_id)
        if detail.gap.gap_id != gap_id:
            return redirect(url_for("admin.gap", gap_id=detail.gap.gap_id), 301)
        return render_template(
            "admin/gap.html",
            detail=detail,
            gap=detail.gap,
            chart=bars(detail.trend, f"Questions a day: {detail.gap.label}"),
            decisions=DECISIONS,
            pages=sorted(detail.pages.items(), key=lambda one: -one[1])[:PLACES],
            shown=sum(asked.count for asked in detail.questions),
            following=_following(reports.gaps(), detail.gap),
        )

    @routes.post("/gaps/<int:gap_id>/decide")
    def decide(gap_id: int) -> ResponseReturnValue:
        status = request.form.get("status", "")
        if status not in DECISIONS:
            raise HttpError(422, "invalid", f"status: one of {', '.join(DECISIONS)}")
        detail = reports.gap(gap_id)
        note = request.form.get("note", "").strip()[:NOTE_CHARS].replace("\0", "")
        decide_gap(reports.store, detail.gap.gap_id, status, g.visitor.name, datetime.now(UTC), note)
        return redirect(url_for("admin.gap", gap_id=detail.gap.gap_id, done=status), 303)


def filtered(report: GapReport, shown: str, narrowed: Filter, places: dict[int, GapPlaces]) -> list[GapRow]:
    """One of the report's lists, in its order: surges first."""
    return [gap for gap in getattr(report, shown) if narrowed.fits(gap, places[gap.gap_id])]


def _following(report: GapReport, gap: GapRow) -> GapRow | None:
    """The next on the list, to go on with."""
    numbers = [one.gap_id for one in report.gaps]
    place = numbers.index(gap.gap_id) + 1 if gap.gap_id in numbers else 0
    return report.gaps[place] if place < len(numbers) else None


def _all(names: Iterable[Iterable[str]]) -> list[str]:
    return sorted({name for some in names for name in some})
