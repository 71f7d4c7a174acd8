"""The report on deflection as a page of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.usage.deflection import DeflectionReport, GroupLine
from kb.usage.intervals import Interval
from kb.usage.printable import printable

ARTICLES = 20
PAGES = 10


def table_of(report: DeflectionReport) -> str:
    """For a terminal; what is missing is said in words."""
    parts = [
        _head(report),
        _rates(report),
        _section("outcome", ("intents", "taken back", "provisional"), [
            (one.outcome, one.intents, one.taken_back, one.provisional) for one in report.outcomes
        ]),
        _groups("locale", report.locales),
        _groups("page", report.pages[:PAGES]),
        _groups("week from", report.weeks),
        _section("article", ("offered", "opened", "solved", "ticket after reading"), [
            (f"{one.locale}/{one.slug}", one.offered, one.opened, one.solved, one.tickets)
            for one in report.articles[:ARTICLES]
        ]),
        _section("set apart", ("intents",), list(report.apart.items())),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def percent(interval: Interval | None) -> str:
    """`12.3 % (10.1 to 14.9 %)`; a dash for nothing."""
    if interval is None:
        return "-"
    value, low, high = (f"{100 * bound:.1f}" for bound in (interval.value, interval.low, interval.high))
    return f"{value} % ({low} to {high} %)"


def _head(report: DeflectionReport) -> str:
    lines = [
        f"{report.since:%Y-%m-%d} to {report.until:%Y-%m-%d %H:%M} UTC: {report.intents:,} intents, "
        f"{report.provisional:,} more are provisional (younger than 72 hours)"
    ]
    for began, ended in report.was_broken:
        lines.insert(0, f"measurement was broken from {began:%Y-%m-%d %H:%M} to {ended:%Y-%m-%d %H:%M} UTC")
    if report.broken_since:
        since = f"{report.broken_since:%Y-%m-%d %H:%M} UTC"
        lines.insert(0, f"MEASUREMENT BROKEN since {since}: do not trust what follows")
    if report.known_share is not None:
        lines.append(f"the person is known in {100 * report.known_share:.0f} % of them")
    if report.tickets_alone:
        lines.append(f"{report.tickets_alone:,} tickets came without a question and are in no intent")
    return "\n".join(lines)


def _rates(report: DeflectionReport) -> str:
    confirmed = f"{report.confirmed:,} confirmed of {report.offered:,} offered"
    effort = report.effort
    rows = [
        ("deflection rate", f"{percent(report.deflection)}, {confirmed}"),
        ("assumed, not in it", f"{percent(report.assumed_share)}, {report.assumed:,}"),
        ("lift", _lift(report)),
        ("saved", _saved(report)),
        (
            "effort, 1 hard to 5 easy",
            f"{effort.mean:.1f} in {effort.answers:,} answers" if effort.mean else "-",
        ),
        ("time to submit, median", _times(report)),
    ]
    return "\n".join(f"{name:<26}{value}" for name, value in rows)


def _lift(report: DeflectionReport) -> str:
    lift = report.lift
    if lift.difference is None:
        return lift.words
    verdict = "" if lift.claimed else "; no lift is shown, since the interval holds 0 or less"
    return (
        f"{percent(lift.difference)}; of {lift.held_out:,} held out {lift.held_out_submitted:,} sent, of "
        f"{lift.shown:,} shown {lift.shown_submitted:,}{verdict}"
    )


def _saved(report: DeflectionReport) -> str:
    if not report.cost_per_ticket:
        return "- (set SELFHELP_COST_PER_TICKET)"
    if report.saved is None:
        return "- (only a lift can tell)"
    value, low, high = report.saved.value, report.saved.low, report.saved.high
    told = f"about {value:,.0f} (" if report.lift.claimed else "none is shown ("
    return f"{told}{low:,.0f} to {high:,.0f}) at {report.cost_per_ticket:g} a ticket, from the lift"


def _times(report: DeflectionReport) -> str:
    shown, held_out = report.submit_time.shown, report.submit_time.held_out
    return " against ".join(
        f"{'-' if seconds is None else f'{seconds:.0f} s'} {name}"
        for seconds, name in ((shown, "shown"), (held_out, "held out"))
    )


def _groups(name: str, groups: Iterable[GroupLine]) -> str:
    counts = ("intents", "offered", "confirmed", "assumed", "submitted", "deflection rate")
    rows = [
        (
            one.name or "(unknown)", one.intents, one.offered, one.confirmed, one.assumed, one.submitted,
            percent(one.rate),
        )
        for one in groups
    ]  # fmt: skip
    return _section(name, counts, rows)


def _section(name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they need to be; nothing without rows."""
    if not rows:
        return ""
    table = [[name, *columns], *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in table
    )


def _cell(value: object) -> str:
    """Names come from browsers: nothing that a terminal would obey is printed, and each on one line."""
    return f"{value:,}" if isinstance(value, int) else " ".join(printable(str(value)).split())
