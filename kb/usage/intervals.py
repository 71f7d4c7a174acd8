"""Shares and differences of shares with their 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Z: Final = 1.959963984540054
"""The two-sided 95 % quantile of the normal distribution."""
Z_POWER: Final = 0.8416212335729143
"""The one-sided 80 % quantile."""
RESAMPLES: Final = 2_000
SEED: Final = 7
"""The same data give the same interval each time a report is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, order=True)
class Submits:
    """What one person did in a period: intents and those of them that became tickets, in each arm."""

    held_out: int
    held_out_sent: int
    shown: int
    shown_sent: int


def wilson(hits: int, of: int) -> Interval | None:
    """The share `hits / of` with Wilson's score interval (1927); None of nothing.

    >>> interval = wilson(1, 10)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.018, 0.404)
    """
    if of == 0:
        return None
    share = hits / of
    middle = (share + Z**2 / (2 * of)) / (1 + Z**2 / of)
    half = Z / (1 + Z**2 / of) * math.sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    return Interval(value=share, low=max(0.0, middle - half), high=min(1.0, middle + half))


def newcombe(hits: int, of: int, other_hits: int, other_of: int) -> Interval:
    """`hits / of - other_hits / other_of` of independent samples: Newcombe (1998), his method 10.

    Raises ValueError when there is nothing on one side.

    >>> interval = newcombe(56, 70, 48, 80)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0524, 0.3339)
    """
    one, other = wilson(hits, of), wilson(other_hits, other_of)
    if one is None or other is None:
        raise ValueError("a difference needs something on both sides")
    value = one.value - other.value
    return Interval(
        value=value,
        low=value - math.hypot(one.value - one.low, other.high - other.value),
        high=value + math.hypot(one.high - one.value, other.value - other.low),
    )


def resampled(persons: Mapping[Submits, int]) -> Interval:
    """Submit rate held out minus submit rate shown, persons resampled (percentile bootstrap).

    `persons` counts the persons that did the same. A resample of n persons draws how often each kind
    occurs from a multinomial, which is drawing persons one by one, so that a million of them cost no more
    than the kinds there are. Raises ValueError when there is nothing on one side.
    """
    kinds = sorted(persons)
    table = np.array([(k.held_out, k.held_out_sent, k.shown, k.shown_sent) for k in kinds], dtype=float)
    counts = np.array([persons[kind] for kind in kinds], dtype=np.int64)
    total = counts @ table
    if not kinds or total[0] == 0 or total[2] == 0:
        raise ValueError("a difference needs something on both sides")
    drawn = np.random.default_rng(SEED).multinomial(counts.sum(), counts / counts.sum(), RESAMPLES) @ table
    drawn = drawn[(drawn[:, 0] > 0) & (drawn[:, 2] > 0)]
    low, high = np.quantile(_difference(drawn), (0.025, 0.975))
    return Interval(value=float(_difference(total[None, :])[0]), low=float(low), high=float(high))


def totals(persons: Mapping[Submits, int]) -> tuple[int, int, int, int]:
    """Intents held out, of those sent, intents shown, of those sent."""
    names = ("held_out", "held_out_sent", "shown", "shown_sent")
    return tuple(sum(getattr(kind, name) * n for kind, n in persons.items()) for name in names)


def _difference(sums: Floats) -> Floats:
    return sums[:, 1] / sums[:, 0] - sums[:, 3] / sums[:, 2]
