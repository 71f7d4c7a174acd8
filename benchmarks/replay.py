"""The whole path over HTTP: people type for a month, gaps are found, articles written, gaps verified.

benchmarks/README.md says who does what, and what must hold.
"""

from __future__ import annotations

import heapq
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from checks import Checks
from replay_articles import Written, write_articles
from replay_judging import FIRST, Aftermath, Night, judge_gaps, judge_written, topic_of
from replay_people import Steps, Visit, World, behave
from replay_plan import BEGIN, OUTAGE, Crowd, Set, days_of, read_set
from replay_site import WRITTEN_SECONDS, Site

from kb.store.gaps import GapRow, read_gaps
from kb.store.store import Store, database_url
from kb.store.unhelped import read_unhelped
from kb.usage.gaps import gap_report

DAYS_AFTER = 10
ONE_THING = 0.9
"""Written about are gaps that ask for one thing to this share: a single article closes no other. Half of the
questions become passages and are left out, so that one in ten about other things becomes one in five: were
there more, no article about that one thing could answer the 80 % that verification asks for."""
ASKED_AFTER = 2
"""How many people ask each question of the other half once the articles are there."""
OTHERS_A_DAY = 40
SIDE_BY_SIDE = 8
NIGHT = timedelta(hours=26)


@dataclass(slots=True, kw_only=True)
class Replay:
    site: Site
    world: World
    rng: Random
    checks: Checks = field(default_factory=Checks)

    def day(self, visits: Sequence[Visit], *, outage: bool = False) -> None:
        """Lives through a day: whoever is due acts, side by side, then the clock goes on."""
        number = count()
        due: list[tuple[datetime, int, Steps]] = []
        for visit in visits:
            turn = next(number)
            steps = behave(visit, self.world, Random(self.rng.random()))
            heapq.heappush(due, (visit.at, turn, steps))
        day = min(visit.at for visit in visits).replace(hour=0, minute=0)
        breaks = [day + OUTAGE[0], day + OUTAGE[1]] if outage else []
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            while due:
                now = due[0][0]
                while breaks and breaks[0] <= now:
                    self.restart(breaks.pop(0), broken=len(breaks) == 1)
                together = [heapq.heappop(due) for _ in range(len(due)) if due and due[0][0] == now]
                self.world.now = now
                self.site.set_clock(now)
                for (_, turn, steps), wait in zip(together, pool.map(_next, together), strict=True):
                    if wait is not None:
                        heapq.heappush(due, (now + timedelta(seconds=wait), turn, steps))

    def restart(self, now: datetime, *, broken: bool) -> None:
        """An outage: the server starts without a snapshot, and later with it."""
        current, away = self.site.data / "CURRENT", self.site.data / "CURRENT.away"
        self.site.stop()
        (current.rename(away) if broken else away.rename(current))
        self.site.start(now, ready=not broken)

    def night(self, day: datetime) -> Night:
        """What production does every few minutes, once: settling, gaps, verification; then what there is."""
        time.sleep(WRITTEN_SECONDS)
        now = day + NIGHT
        self.site.run(now, "gaps", "--refresh")
        store = Store.open(database_url(self.site.data, ""))
        try:
            rows = {row.gap_id: row for row in read_gaps(store, merged=True)}
            alias = {gap: row.merged_into for gap, row in rows.items() if row.merged_into is not None}
            asked = read_unhelped(store)
            night = Night(home={}, alias=alias, report=gap_report(store))
            home = {one.query_id: night.now(one.gap_id) for one in asked if one.gap_id is not None}
            return Night(home=home, alias=alias, report=night.report)
        finally:
            store.close()


def _next(due: tuple[datetime, int, Steps]) -> float | None:
    return next(due[2], None)


def replay(folder: Path, days: int, seed: int, share: float, work: Path) -> int:
    """Prints figures; how many were missed."""
    rng = Random(seed)
    site = Site(folder=work)
    shutil.copytree(folder / "articles", site.articles)
    asked = read_set(folder / "questions.jsonl", share)
    run = Replay(site=site, world=World(site=site, now=BEGIN), rng=rng)
    site.run(BEGIN, "index", str(site.articles))
    site.start(BEGIN)
    try:
        crowd = Crowd(rng)
        nights = month(run, days_of(asked, days, crowd))
        judge_gaps(run.checks, run.world, nights)
        written = write(run, asked, nights[-1], days)
        after(run, asked, written, crowd, days)
    finally:
        site.stop()
    print("all held" if not run.checks.missed else f"missed: {'; '.join(run.checks.missed)}")
    return 1 if run.checks.missed else 0


def month(run: Replay, days: Sequence[list[Visit]]) -> list[Night]:
    nights: list[Night] = []
    for number, visits in enumerate(days):
        started = time.monotonic()
        day = BEGIN + timedelta(days=number)
        back = [one for one in run.world.returning if one.at < day + timedelta(days=1)]
        run.world.returning = [one for one in run.world.returning if one not in back]
        run.day([*visits, *back], outage=number == len(days) // 2)
        lived = time.monotonic() - started
        night = run.night(day)
        nights.append(night)
        took = f"{lived:.0f} s + {time.monotonic() - started - lived:.0f} s"
        counts = f"{len(night.report.gaps)} gaps, {len(night.home)} questions in one"
        print(f"day {number + 1:2}: {len(visits) + len(back)} visits, {counts}, {took}", flush=True)
    outcomes = Counter((one.kind, found, end) for _, one, found, end in run.world.outcomes)
    for (kind, found, end), times in sorted(outcomes.items()):
        print(f"    {kind:11}{'right article' if found else 'not shown':15}{end:8}{times:6}")
    return nights


def write(run: Replay, asked: Set, last: Night, days: int) -> Written:
    """Articles about five gaps, and one that says nothing, published in the morning after the last day."""
    heads: dict[str, GapRow] = {}
    for gap in last.report.gaps[:FIRST]:
        topic = topic_of(run.world, last, gap, ONE_THING)
        if topic:
            heads.setdefault(topic, gap)
    print(f"gaps of one thing among the first {FIRST}: {len(heads)}")
    now = BEGIN + timedelta(days=days, hours=8)
    written = write_articles(run.site, now, heads, asked.near, run.rng)
    run.world.written |= written.slugs
    return written


def after(run: Replay, asked: Set, written: Written, crowd: Crowd, days: int) -> None:
    """The other halves are asked by new people, among everything else; then what became of the gaps."""
    topics = [*written.slugs, written.hollow]
    print(f"articles about {', '.join(written.slugs)}; one that says nothing about {written.hollow}")
    since = BEGIN + timedelta(days=days)
    some = [one for one in written.others for _ in range(ASKED_AFTER)]
    rest = [*asked.answerable, *asked.far, *(one for one in asked.near if one.topic not in topics)]
    run.rng.shuffle(some)
    night = None
    for number in range(DAYS_AFTER):
        day = since + timedelta(days=number)
        today = some[number::DAYS_AFTER] + run.rng.sample(rest, min(OTHERS_A_DAY, len(rest)))
        run.day(crowd.visits(today, day))
        night = run.night(day)
        print(f"day {days + number + 1}: {_statuses(night.rows)}", flush=True)
    assert night
    judge_written(run.checks, run.world, Aftermath(night=night, written=written, since=since))


def _statuses(gaps: Iterable[GapRow]) -> dict[str, int]:
    return dict(Counter(gap.status for gap in gaps))
