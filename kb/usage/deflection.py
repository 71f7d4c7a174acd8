"""What a report on deflection says.

Every rate rests on intents of people alone (no bots, tests, canaries or searches of the help centre) that
are at least 72 hours old; younger ones are provisional and counted beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Final

from kb.store.canary import breaks_between
from kb.store.deflection import Cell, article_counts, cells, count_left_after_reading, page_counts
from kb.store.periods import Period
from kb.store.persons import TAKEN_BACK
from kb.store.store import Store
from kb.store.submits import first_counted, median_submit_seconds, persons_by_submits, tickets_alone
from kb.store.tallies import PERSON
from kb.usage.deflection_lines import (
    ArticleLine,
    Effort,
    GroupLine,
    OutcomeLine,
    SubmitTime,
    count,
    effort_of,
    group_line,
    locale_lines,
    outcome_line,
    page_line,
    week_lines,
    weeks_of,
)
from kb.usage.intervals import Interval, Submits, wilson
from kb.usage.lift import Lift, lift_of
from kb.usage.outcomes import ASSUMED, CONFIRMED, OUTCOMES, SUBMITTED_AFTER_READING

__all__ = [
    "ArticleLine",
    "DeflectionReport",
    "Effort",
    "GroupLine",
    "Lift",
    "OutcomeLine",
    "SubmitTime",
    "deflection_report",
]

READ: Final = (SUBMITTED_AFTER_READING, CONFIRMED, ASSUMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeflectionReport:
    """Everything `selfhelp deflection` prints and the admin page shows, for [since, until)."""

    since: datetime
    until: datetime
    # Since when the canary has found that measuring does not work; None while it does.
    broken_since: datetime | None
    # Stretches of the period in which it did not, and does again.
    was_broken: tuple[tuple[datetime, datetime], ...]
    # Person traffic, at least 72 hours old; and younger.
    intents: int
    provisional: int
    known_share: float | None
    offered: int
    # Read an article, or said that one solved it, whatever they did then.
    read: int
    confirmed: int
    assumed: int
    # Confirmed, not taken back, of those offered; and assumed beside it, which is never added.
    deflection: Interval | None
    assumed_share: Interval | None
    outcomes: tuple[OutcomeLine, ...]
    lift: Lift
    locales: tuple[GroupLine, ...]
    # The pages most intents came from.
    pages: tuple[GroupLine, ...]
    articles: tuple[ArticleLine, ...]
    weeks: tuple[GroupLine, ...]
    effort: Effort
    submit_time: SubmitTime
    # Set apart, counted nowhere else: intents by traffic (bot, test, canary, search).
    apart: Mapping[str, int]
    # Tickets with no question before them, which no intent can hold.
    tickets_alone: int
    # From the lift's interval; None without a lift's interval or a cost per ticket.
    saved: Interval | None
    cost_per_ticket: float | None


def deflection_report(
    store: Store,
    since: datetime,
    until: datetime,
    cost_per_ticket: float | None = None,
    *,
    holdout: float = 0.0,
) -> DeflectionReport:
    """The report as of `until`, from settled intents that began in [since, until).

    `cost_per_ticket` in whatever currency; 0 and None: no estimate of what was saved. `holdout` is the share
    of persons that is held out now, whoever it was then.
    """
    period = Period(since=since, until=until, final=until - TAKEN_BACK)
    everybody = cells(store, period)
    breaks = breaks_between(store, since, until)
    every = [cell for cell in everybody if cell.traffic == PERSON]
    final = [cell for cell in every if cell.final]
    submits = {Submits(*kind): number for kind, number in persons_by_submits(store, period).items()}
    lift = lift_of(submits, holdout)
    total = group_line("", final)
    return DeflectionReport(
        since=since,
        until=until,
        broken_since=min((one.since for one in breaks if one.until is None), default=None),
        was_broken=tuple((one.since, one.until) for one in breaks if one.until),
        intents=total.intents,
        provisional=count(every) - total.intents,
        known_share=count(cell for cell in final if cell.known) / total.intents if total.intents else None,
        offered=total.offered,
        read=count(cell for cell in final if cell.outcome in READ) + count_left_after_reading(store, period),
        confirmed=total.confirmed,
        assumed=total.assumed,
        deflection=total.rate,
        assumed_share=wilson(total.assumed, total.offered),
        outcomes=tuple(outcome_line(outcome, every) for outcome in OUTCOMES),
        lift=lift,
        locales=locale_lines(final),
        pages=tuple(page_line(one) for one in page_counts(store, period)),
        articles=tuple(ArticleLine(**asdict(one)) for one in article_counts(store, period)),
        weeks=week_lines(final, weeks_of(period, first_counted(store) or until)),
        effort=effort_of(final),
        submit_time=_submit_time(store, period),
        apart=_apart(everybody),
        tickets_alone=tickets_alone(store, period),
        saved=_saved(lift, cost_per_ticket),
        cost_per_ticket=cost_per_ticket or None,
    )


def _apart(everybody: Sequence[Cell]) -> dict[str, int]:
    """Intents that are no person's, by traffic."""
    found = sorted({cell.traffic for cell in everybody} - {PERSON})
    return {traffic: count(cell for cell in everybody if cell.traffic == traffic) for traffic in found}


def _submit_time(store: Store, period: Period) -> SubmitTime:
    shown, shown_tickets = median_submit_seconds(store, period, held_out=False)
    held_out, held_out_tickets = median_submit_seconds(store, period, held_out=True)
    return SubmitTime(
        shown=shown, held_out=held_out, shown_tickets=shown_tickets, held_out_tickets=held_out_tickets
    )


def _saved(lift: Lift, cost: float | None) -> Interval | None:
    """What the tickets that lift spared among the shown would have cost; may be below 0."""
    if not cost or lift.difference is None:
        return None
    value, low, high = (bound * lift.shown * cost for bound in astuple(lift.difference))
    return Interval(value=value, low=low, high=high)
