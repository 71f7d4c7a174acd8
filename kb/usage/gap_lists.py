"""Gaps as they are printed: as a table, JSON, CSV or Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from kb.store.gaps import GapRow
from kb.usage.gaps import GapDetail, GapReport
from kb.usage.remedy import remedy_of

LABEL_CHARS: Final = 70
QUESTIONS: Final = 20
COLUMNS: Final = ("gap", "people", "questions", "kind", "status", "last seen", "question")
CSV_COLUMNS: Final = (
    "gap", "people", "questions", "kind", "status", "surge", "score", "first_seen", "last_seen",
    "article", "question", "why", "remedy",
)  # fmt: skip
# A cell that begins so would be taken for a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def report_as(style: str, gaps: Sequence[GapRow], report: GapReport) -> str:
    """One of the lists of a report, in one of FORMATS."""
    return FORMATS[style](gaps, report)


def _table(gaps: Sequence[GapRow], report: GapReport) -> str:
    rows = [COLUMNS, *(_cells(gap) for gap in gaps)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]
    return "\n".join([*(lines if gaps else ["no gaps"]), *_foot(report)])


def _markdown(gaps: Sequence[GapRow], report: GapReport) -> str:
    lines = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    for gap in gaps:
        cells = [_plain(cell) for cell in _cells(gap, whole=True)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_foot(report)])


def _json(gaps: Sequence[GapRow], report: GapReport) -> str:
    found = {
        "gaps": [_fields(gap) for gap in gaps],
        "off_topic": len(report.off_topic),
        "hidden_singles": report.hidden_singles,
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=_moment)


def _csv(gaps: Sequence[GapRow], _report: GapReport) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for gap in gaps:
        article = "/".join(gap.diagnosis.get("article") or ())
        texts = [article, gap.label, gap.diagnosis.get("why", ""), remedy_of(gap)]
        counts = [gap.gap_id, gap.persons, gap.questions, gap.kind, gap.status, int(gap.surge)]
        seen = [round(gap.score, 2), gap.first_seen.isoformat(), gap.last_seen.isoformat()]
        writer.writerow([*counts, *seen, *map(_cell, texts)])
    return out.getvalue().rstrip("\n")


FORMATS: Final[Mapping[str, Callable[[Sequence[GapRow], GapReport], str]]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
    "md": _markdown,
}


def detail_as_json(detail: GapDetail) -> str:
    found = {
        **_fields(detail.gap),
        "questions": [asdict(one) for one in detail.questions],
        "locales": {locale or "": count for locale, count in detail.locales.items()},
        "pages": {page or "": count for page, count in detail.pages.items()},
        "trend": {day.isoformat(): count for day, count in detail.trend.items()},
        "tickets": detail.tickets,
        "to_add": list(detail.to_add),
        "decisions": [asdict(one) for one in detail.decisions],
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=_moment)


def detail_as_text(detail: GapDetail, *, asked_for: int) -> str:
    gap = detail.gap
    merged = f" (gap {asked_for} has become part of it)" if asked_for != gap.gap_id else ""
    surge = ", surging" if gap.surge else ""
    lines = [
        f"gap {gap.gap_id}{merged}: {gap.label}",
        f"{gap.kind}, {gap.status}{surge}: {gap.persons} people, {detail.tickets} of them wrote a ticket; "
        f"{gap.questions} questions from {gap.first_seen:%Y-%m-%d} to {gap.last_seen:%Y-%m-%d}",
        f"why: {detail.why}",
        *_nearest(detail),
        f"what to do: {detail.remedy}",
        *(f"  add: {text}" for text in detail.to_add),
        f"languages: {_counts(detail.locales)}",
        f"pages: {_counts(detail.pages)}",
        f"trend: {_trend(detail.trend)}",
        *_answered(gap),
        "",
        *(f"{how.persons:4} people  {how.text}" for how in detail.questions[:QUESTIONS]),
    ]
    if len(detail.questions) > QUESTIONS:
        lines.append(f"     and {len(detail.questions) - QUESTIONS} more wordings (--json lists all)")
    for one in detail.decisions:
        lines.append(
            f"{one.at:%Y-%m-%d %H:%M}  {one.status} by {one.by}{': ' + one.note if one.note else ''}"
        )
    return "\n".join(lines)


def _nearest(detail: GapDetail) -> list[str]:
    """An article that was opened need not be one that the questions find now: then nothing was measured."""
    if detail.nearest is None:
        return []
    reached = f"{detail.confidence:.2f} on average" if detail.confidence else "not measured"
    return [f"nearest article: {'/'.join(detail.nearest)}, confidence {reached}"]


def _answered(gap: GapRow) -> list[str]:
    """What the articles published since answer, and what they do not."""
    if not gap.replay.get("asked"):
        return []
    left_out = gap.replay.get("left_out", 0)
    beside = f", {left_out} more stand in articles themselves" if left_out else ""
    told = f"answered since: {gap.replay['answered']} of {gap.replay['asked']}{beside}"
    return [told, *(f"  not yet: {text}" for text in gap.replay.get("failing", ())[:QUESTIONS])]


def _cells(gap: GapRow, *, whole: bool = False) -> tuple[str, ...]:
    label = gap.label if whole or len(gap.label) <= LABEL_CHARS else gap.label[: LABEL_CHARS - 1] + "…"
    mark = "SURGE " if gap.surge else ""
    last = f"{gap.last_seen:%Y-%m-%d}"
    counts = (str(gap.gap_id), str(gap.persons), str(gap.questions))
    return (*counts, gap.kind, gap.status, last, mark + " ".join(label.split()))


def _foot(report: GapReport) -> list[str]:
    off_topic = sum(gap.persons for gap in report.off_topic)
    return [
        f"{report.hidden_singles} single questions hidden"
        + (
            f"; {len(report.off_topic)} groups off topic ({off_topic} people): --off-topic"
            if off_topic
            else ""
        )
    ]


def _fields(gap: GapRow) -> dict[str, Any]:
    found = asdict(gap)
    for name in ("diagnosis", "replay"):
        found[name] = {key: value for key, value in found[name].items() if key != "basis"}
    if found["diagnosis"]:
        found["diagnosis"]["remedy"] = remedy_of(gap)
    return {"gap": found.pop("gap_id"), **found}


def _counts(counts: Mapping[str | None, int]) -> str:
    return ", ".join(f"{name or 'not known'} {count}" for name, count in counts.items())


def _trend(trend: Mapping[date, int]) -> str:
    """By day for a fortnight, newest last."""
    return " ".join(str(count) for count in list(trend.values())[-14:]) + " a day, the last one the newest"


def _plain(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not for JSON: {type(value).__name__}")
