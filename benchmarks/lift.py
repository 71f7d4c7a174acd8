"""Whether the interval of the lift holds what it promises: simulated months with a known effect.

    python benchmarks/lift.py [MONTHS]

Each month has some thousands of persons, of whom many come back: each has a habit of their own of writing
tickets (beta distributed), so that intents of one person are alike. 10 % are held out. Suggestions spare the
shown a share of their tickets, chosen so that the true lift is known. Months too short for a number ("not
enough data") are counted and left out, as a report leaves them out.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass

import numpy as np

from kb.usage.intervals import Submits
from kb.usage.lift import Lift, lift_of

HELD_OUT = 0.1
COVERED = (0.93, 0.97)
FALSE_CLAIMS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`returns`: intents of a person beyond the first, on average; `habit`: how unlike persons are."""

    persons: int
    returns: float
    rate: float
    habit: float
    lift: float


MONTHS = {
    "many come back, lift 8 points": Month(persons=12_000, returns=1.0, rate=0.5, habit=1.0, lift=0.08),
    "many come back, no effect": Month(persons=12_000, returns=1.0, rate=0.5, habit=1.0, lift=0.0),
    "few submit, lift 3 points": Month(persons=9_000, returns=0.5, rate=0.15, habit=0.5, lift=0.03),
    "few submit, no effect": Month(persons=9_000, returns=0.5, rate=0.15, habit=0.5, lift=0.0),
    "everybody comes once, lift 5 points": Month(persons=12_000, returns=0.0, rate=0.5, habit=1.0, lift=0.05),
    "everybody comes once, no effect": Month(persons=12_000, returns=0.0, rate=0.5, habit=1.0, lift=0.0),
}


def simulate(month: Month, rng: np.random.Generator) -> dict[Submits, int]:
    """The persons of a month by what they did; the true lift is `month.lift` in expectation."""
    held_out = rng.random(month.persons) < HELD_OUT
    # A few come back very often.
    often = rng.gamma(0.5, month.returns / 0.5, month.persons) if month.returns else np.zeros(month.persons)
    intents = 1 + np.minimum(rng.poisson(often), 60)
    habit = rng.beta(month.rate / month.habit, (1 - month.rate) / month.habit, month.persons)
    spared = np.where(held_out, 0.0, month.lift / month.rate)
    sent = rng.binomial(intents, habit * (1 - spared))
    kinds = Counter(zip(held_out.tolist(), intents.tolist(), sent.tolist(), strict=True))
    return {
        Submits(n, s, 0, 0) if out else Submits(0, 0, n, s): count for (out, n, s), count in kinds.items()
    }


def main() -> int:
    """Prints a line a kind of month; 1 when an interval does not hold what it promises."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("months", type=int, nargs="?", default=1_000)
    months: int = parser.parse_args().months
    rng = np.random.default_rng(2026)
    failed = False
    print(f"{months} months each, {HELD_OUT:.0%} of persons held out")
    print(f"{'':<38}{'covered':>9}{'claimed':>9}{'width':>8}{'no number':>11}  method")
    for name, month in MONTHS.items():
        lifts = [lift_of(simulate(month, rng)) for _ in range(months)]
        told = [lift for lift in lifts if lift.difference]
        covered, claimed = _share(told, month.lift)
        failed |= not COVERED[0] <= covered <= COVERED[1]
        failed |= month.lift == 0 and claimed > FALSE_CLAIMS
        width = np.mean([one.difference.high - one.difference.low for one in told if one.difference])
        methods = "/".join(sorted({one.method for one in told}))
        print(
            f"{name:<38}{covered:>9.1%}{claimed:>9.1%}{100 * width:>7.1f}p{months - len(told):>11}  {methods}"
        )
    return int(failed)


def _share(lifts: list[Lift], truth: float) -> tuple[float, float]:
    """Of intervals that cover the truth, and of lifts claimed."""
    hits = [one.difference.low <= truth <= one.difference.high for one in lifts if one.difference]
    return sum(hits) / len(lifts), sum(one.claimed for one in lifts) / len(lifts)


if __name__ == "__main__":
    sys.exit(main())
