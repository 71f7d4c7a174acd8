"""How urgent a gap is, and whether it is growing far beyond what is usual."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from scipy.special import pdtrc

from kb.store.unhelped import UnhelpedRow

# Writers plan by weeks: who asked a fortnight ago counts half. A gap that one person a day runs into stands
# as high as one that twenty ran into today, and that one is past after two months.
HALF_LIFE: Final = timedelta(days=14)
HOUR: Final = timedelta(hours=1)
# A visit counts half an hour after its end, so the hour looked at may end that long ago and more.
LOOKED_AT: Final = timedelta(hours=2)
USUAL_OVER: Final = timedelta(days=28)
# So many people, so many times as many as usual, and a chance below one in a million of that: with hundreds
# of gaps looked at every few minutes, a false alarm in months.
SURGE_PERSONS: Final = 5
SURGE_TIMES: Final = 5
SURGE_CHANCE: Final = 1e-6


def urgency(asked: Iterable[UnhelpedRow], now: datetime) -> float:
    """People affected, each counting half as much for every HALF_LIFE since they last asked."""
    last: dict[str, datetime] = {}
    for one in asked:
        last[one.person] = max(one.at, last.get(one.person, one.at))
    return float(sum(0.5 ** (max(now - at, timedelta()) / HALF_LIFE) for at in last.values()))


def surging(asked: Iterable[UnhelpedRow], now: datetime, since: datetime) -> bool:
    """Whether more people ran into it within an hour just now than its usual rate allows for.

    `since` is when counting began for all gaps. The rate is that of the last four weeks before, one person
    more, so that a gap nobody ran into yet has one; the count is compared with it as a Poisson variable.
    """
    rows = sorted((one for one in asked if one.at <= now), key=lambda one: one.at)
    recent = [one for one in rows if one.at > now - LOOKED_AT]
    counts = [len({o.person for o in recent if end.at - HOUR < o.at <= end.at}) for end in recent]
    count = max(counts, default=0)
    if count < SURGE_PERSONS:
        return False
    begin = max(since, now - USUAL_OVER)
    before = {one.person for one in rows if begin <= one.at <= now - LOOKED_AT}
    hours = max((now - LOOKED_AT - begin) / HOUR, 1)
    usual = (len(before) + 1) / hours
    return count >= SURGE_TIMES * usual and float(pdtrc(count - 1, usual)) < SURGE_CHANCE
