"""Lift: what suggestions spare, as a holdout tells it, or how many more intents it takes to tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kb.usage.intervals import Z_POWER, Interval, Submits, Z, newcombe, resampled, totals

POINTS: Final = 0.05
"""The difference that a sample has to be able to show, at 80 % power."""
LEAST_RATE: Final = 0.1
"""Submit rates nearer to 0 or 1 are taken for this one: a few intents must not pass for certainty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """Submit rate of the held out minus submit rate of the shown, by intention to treat.

    `difference` is None as long as there is not enough data: then `missing` more intents are needed to
    show 5 points at 80 % power, or, if `missing` is None too, nobody is held out. An intent taken back
    counts as submitted, in both arms. `method` is `newcombe`, or `bootstrap` where people come back.
    """

    held_out: int
    held_out_submitted: int
    shown: int
    shown_submitted: int
    persons: int
    difference: Interval | None
    missing: int | None
    method: str

    @property
    def claimed(self) -> bool:
        """Whether there is a lift at all: only when the interval's lower bound is above 0."""
        return self.difference is not None and self.difference.low > 0

    @property
    def words(self) -> str:
        """What keeps it from being a number; empty when it is one."""
        if self.difference:
            return ""
        if self.missing is None:
            return "nobody is held out: set SELFHELP_HOLDOUT to measure lift"
        return f"not enough data: {self.missing:,} more intents needed"


def lift_of(persons: Mapping[Submits, int], holdout: float = 0.0) -> Lift:
    """From how many persons did what; `holdout` is the share that is held out from now on."""
    held_out, held_out_sent, shown, shown_sent = totals(persons)
    every = held_out + shown
    missing = None
    if held_out and shown:
        rate = (held_out_sent + shown_sent) / every
        needed = intents_needed(held_out / every, rate) * _design_effect(persons)
        missing = max(0, math.ceil(needed) - every)
    elif held_out or holdout:
        # Nothing to compare yet: at least one more, whatever there is.
        missing = max(1, intents_needed(holdout if 0 < holdout < 1 else 0.5) - every)
    once = all(kind.held_out + kind.shown == 1 for kind in persons)
    difference = None
    if missing == 0:
        sides = (held_out_sent, held_out, shown_sent, shown)
        difference = newcombe(*sides) if once else resampled(persons)
    return Lift(
        held_out=held_out,
        held_out_submitted=held_out_sent,
        shown=shown,
        shown_submitted=shown_sent,
        persons=sum(persons.values()),
        difference=difference,
        missing=missing,
        method="newcombe" if once else "bootstrap",
    )


def intents_needed(held_out: float, rate: float = 0.5) -> int:
    """Intents that show a difference of 5 points at 80 % power and 5 % significance, two-sided.

    `held_out` is the share held out, `rate` the share that submits. Source: the normal approximation for
    two proportions (Fleiss, Levin and Paik, 2003, chapter 4).

    >>> intents_needed(0.1)
    8721
    """
    rate = min(max(rate, LEAST_RATE), 1 - LEAST_RATE)
    variance = rate * (1 - rate) / (held_out * (1 - held_out))
    return math.ceil((Z + Z_POWER) ** 2 * variance / POINTS**2)


def said_at_setup(held_out: float) -> str:
    """What whoever sets a holdout should know first."""
    if held_out >= 1:
        return "everybody is held out: nobody sees suggestions, and there is nothing to compare with"
    needed = round(intents_needed(held_out), -2)
    return (
        f"{held_out:.0%} of persons are held out and see no suggestions; when half of all intents end in a "
        f"ticket it takes about {needed:,} intents to show a difference of 5 points"
    )


def _design_effect(persons: Mapping[Submits, int]) -> float:
    """How many times more intents it takes because people come back: the variance of the difference with
    persons as units over that with intents as units, at least 1 (Kish, 1965)."""
    held_out, held_out_sent, shown, shown_sent = totals(persons)
    one, other = held_out_sent / held_out, shown_sent / shown
    simple = one * (1 - one) / held_out + other * (1 - other) / shown

    def residual(kind: Submits) -> float:
        return (kind.held_out_sent - one * kind.held_out) / held_out - (
            kind.shown_sent - other * kind.shown
        ) / shown

    clustered = sum(count * residual(kind) ** 2 for kind, count in persons.items())
    return max(1.0, clustered / simple) if simple else 1.0
