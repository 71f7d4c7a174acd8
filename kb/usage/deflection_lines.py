"""The lines of a report on deflection, made of counts of settled intents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from kb.store.deflection import Cell, PageCounts
from kb.store.periods import Period
from kb.usage.intervals import Interval, wilson
from kb.usage.outcomes import ASSUMED, CONFIRMED, SENT


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """How many intents ended so. `taken_back` of them were followed by a ticket within 72 hours."""

    outcome: str
    intents: int
    taken_back: int
    provisional: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """One locale, page or week. `confirmed` and `assumed` are without those taken back.

    `name` is empty where it is not known; for a week it is its first day in the period (ISO 8601). `rate` is
    the deflection rate, None where nothing was offered.
    """

    name: str
    intents: int
    offered: int
    confirmed: int
    assumed: int
    submitted: int
    rate: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """One article: intents it was offered in, opened in, said to have solved (not taken back), and
    intents in which a ticket was written after it had been read."""

    slug: str
    locale: str
    offered: int
    opened: int
    solved: int
    tickets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How easy people found it, 1 (hard) to 5 (easy): the mean of `answers` scores."""

    answers: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitTime:
    """Median seconds from the first question to the ticket, of those shown suggestions and those held out."""

    shown: float | None
    held_out: float | None
    shown_tickets: int
    held_out_tickets: int


def weeks_of(period: Period, first: datetime) -> list[str]:
    """The days on which weeks begin: the period's own first day, or that of the first intent of all, and
    each Monday (UTC) after it."""
    day = max(period.since, first).astimezone(UTC).date()
    days: list[str] = []
    while day <= period.until.astimezone(UTC).date():
        days.append(day.isoformat())
        day += timedelta(days=7 - day.weekday())
    return days


def week_lines(final: Sequence[Cell], begins: Sequence[str]) -> tuple[GroupLine, ...]:
    """A line for each week that begins on one of these days."""
    ends = [*begins[1:], "9999"]
    return tuple(
        group_line(begin, [cell for cell in final if begin <= cell.day < end])
        for begin, end in zip(begins, ends, strict=True)
    )


def group_line(name: str, found: Sequence[Cell]) -> GroupLine:
    kept = [cell for cell in found if not cell.taken_back]
    offered = count(cell for cell in found if cell.offered)
    confirmed = count(cell for cell in kept if cell.outcome == CONFIRMED)
    return GroupLine(
        name=name,
        intents=count(found),
        offered=offered,
        confirmed=confirmed,
        assumed=count(cell for cell in kept if cell.outcome == ASSUMED),
        submitted=count(cell for cell in found if cell.outcome in SENT),
        rate=wilson(confirmed, offered),
    )


def page_line(counts: PageCounts) -> GroupLine:
    return GroupLine(**asdict(counts), rate=wilson(counts.confirmed, counts.offered))


def locale_lines(found: Sequence[Cell]) -> tuple[GroupLine, ...]:
    names = {cell.locale for cell in found}
    groups = [group_line(name, [cell for cell in found if cell.locale == name]) for name in names]
    return tuple(sorted(groups, key=lambda group: (-group.intents, group.name)))


def outcome_line(outcome: str, every: Sequence[Cell]) -> OutcomeLine:
    those = [cell for cell in every if cell.outcome == outcome]
    return OutcomeLine(
        outcome=outcome,
        intents=count(cell for cell in those if cell.final),
        taken_back=count(cell for cell in those if cell.final and cell.taken_back),
        provisional=count(cell for cell in those if not cell.final),
    )


def count(found: Iterable[Cell]) -> int:
    return sum(cell.count for cell in found)


def effort_of(final: Sequence[Cell]) -> Effort:
    answers = sum(cell.efforts for cell in final)
    return Effort(answers=answers, mean=sum(cell.effort for cell in final) / answers if answers else None)
