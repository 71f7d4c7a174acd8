"""The whole path over HTTP: people type for a month, gaps are found, articles written, gaps verified.

benchmarks/README.md says who does what, and what must hold.
"""

from __future__ import annotations

import heapq
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from random import Random

from replay_articles import Written, write_articles
from replay_people import Steps, Visit, World, behave
from replay_plan import BEGIN, OUTAGE, Crowd, Set, days_of, read_set
from replay_site import WRITTEN_SECONDS, Site

from kb.store.gaps import GapRow, read_gaps
from kb.store.store import Store, database_url
from kb.store.unhelped import read_unhelped
from kb.usage.gaps import GapReport, gap_report

FIRST = 35
TOPICS = 24
FAR = 0.05
KEPT = 0.95
DAYS_AFTER = 10
ASKED_AFTER = 2
"""How many people ask each question of the other half once the articles are there."""
OTHERS_A_DAY = 40
SIDE_BY_SIDE = 8
NIGHT = timedelta(hours=26)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What stood in the database after a night: query id -> gap, aliases followed, and those of the list."""

    home: Mapping[str, int]
    alias: Mapping[int, int]
    report: GapReport

    def now(self, gap: int) -> int:
        while gap in self.alias:
            gap = self.alias[gap]
        return gap


@dataclass(slots=True, kw_only=True)
class Replay:
    site: Site
    world: World
    rng: Random
    missed: list[str] = field(default_factory=list)

    def must(self, held: bool, what: str) -> None:
        print(f"  {'held  ' if held else 'MISSED'} {what}", flush=True)
        if not held:
            self.missed.append(what)

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
            night = Night(home={}, alias=alias, report=gap_report(store, now))
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
        judge_gaps(run, nights)
        written = write(run, asked, nights[-1], days)
        after(run, asked, written, crowd, days)
    finally:
        site.stop()
    print("all held" if not run.missed else f"missed: {'; '.join(run.missed)}")
    return 1 if run.missed else 0


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


def topic_of(run: Replay, night: Night, gap: GapRow) -> str:
    """The topic of most of its questions; empty when no topic has more than half, or its label another's."""
    topics = Counter(
        run.world.asked[query][0].topic
        for query, home in night.home.items()
        if home == gap.gap_id and query in run.world.asked
    )
    topic, times = topics.most_common(1)[0] if topics else ("", 0)
    return topic if times * 2 > topics.total() else ""


def judge_gaps(run: Replay, nights: Sequence[Night]) -> None:
    last, world = nights[-1], run.world
    of = [topic_of(run, last, gap) for gap in last.report.gaps]
    heads = {topic for topic in of[:FIRST] if topic}
    print(f"gaps: {len(of)}, of a missing topic: {sum(map(bool, of))}; first {FIRST}:")
    for gap, topic in zip(last.report.gaps[:FIRST], of, strict=False):
        print(f"  {gap.gap_id:4} {gap.kind:11}{gap.persons:4} people  {topic:32}{gap.label[:60]}")
    run.must(len(heads) >= TOPICS, f"{TOPICS} missing topics head a gap of the first {FIRST} ({len(heads)})")
    listed = {gap.gap_id for gap in last.report.gaps}
    inside = [query for query, gap in last.home.items() if gap in listed]
    kinds = Counter(world.asked[query][0].kind for query in inside if query in world.asked)
    print(f"  questions in gaps: {dict(kinds)}; off-topic groups: {len(last.report.off_topic)}")
    far = kinds["far"] / max(1, len(inside))
    run.must(far <= FAR, f"at most {FAR:.0%} of the questions in gaps are far ({far:.1%})")
    strange = Counter(world.asked[query][1] if query in world.asked else "outage" for query in last.home)
    wrong = strange.total() - strange["person"]
    run.must(not wrong, f"no question of a machine or an outage is in a gap ({wrong})")
    judge_numbers(run, nights)


def judge_numbers(run: Replay, nights: Sequence[Night]) -> None:
    """From night to night, and from when a question came into a gap to the last night."""
    daily = [_kept(before, after) for before, after in pairwise(nights[1:])]
    worst = min((kept / max(1, of) for kept, _, of in daily), default=1.0)
    moved = sum(of - kept - gone for kept, gone, of in daily)
    print(f"  from night to night {moved} questions moved, {sum(one[1] for one in daily)} were in none any more")
    first: dict[str, int] = {}
    for night in nights[1:]:
        first = dict(night.home) | first
    last = nights[-1]
    stayed = sum(last.home.get(query) == last.now(gap) for query, gap in first.items())
    run.must(worst >= KEPT, f"{KEPT:.0%} keep their gap's number from day to day (worst day {worst:.1%})")
    share = stayed / max(1, len(first))
    run.must(share >= KEPT, f"{KEPT:.0%} are on the last day in the gap they came into ({share:.1%})")


def _kept(before: Night, after: Night) -> tuple[int, int, int]:
    """How many are in the same gap, aliases followed, how many in none, and of how many."""
    same = sum(after.home.get(query) == after.now(gap) for query, gap in before.home.items())
    gone = sum(query not in after.home for query in before.home)
    return same, gone, len(before.home)


def write(run: Replay, asked: Set, last: Night, days: int) -> Written:
    """Articles about five gaps, and one that says nothing, published in the morning after the last day."""
    heads: dict[str, GapRow] = {}
    for gap in last.report.gaps[:FIRST]:
        topic = topic_of(run, last, gap)
        if topic:
            heads.setdefault(topic, gap)
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
        print(f"day {days + number + 1}: {_statuses(_rows(night))}", flush=True)
    assert night
    judge_written(run, night, written, since)


def judge_written(run: Replay, night: Night, written: Written, since: datetime) -> None:
    gaps = _rows(night)
    for topic in [*written.slugs, written.hollow]:
        those = [one for one in run.world.outcomes if one[0] >= since and one[1].topic == topic]
        found = sum(one[2] for one in those)
        sent = sum(one[3] == "ticket" for one in those)
        print(f"  {topic:32} next {len(those):3} asked, {found:3} found it, {sent:3} wrote a ticket")
    for gap in gaps:
        if gap.status != "open":
            told = gap.replay
            says = f"{told.get('answered', 0)} of {told.get('asked', 0)}"
            print(f"  {gap.gap_id:4} {gap.status:10}{says:12}{topic_of(run, night, gap):32}{gap.label[:50]}")
    verified = [gap for gap in gaps if gap.status == "verified"]
    numbers = {gap.gap_id for gap in verified}
    right = [topic for topic, gap in written.gaps.items() if night.now(gap) in numbers]
    run.must(len(right) == len(written.slugs), f"the {len(written.slugs)} gaps are verified ({len(right)})")
    others = [gap.gap_id for gap in verified if topic_of(run, night, gap) not in written.slugs]
    run.must(not others, f"no other gap is verified ({others})")
    run.must(night.now(written.hollow_gap) not in numbers, "nor is the one whose article says nothing")


def _rows(night: Night) -> list[GapRow]:
    return [*night.report.gaps, *night.report.off_topic, *night.report.decided]


def _statuses(gaps: Iterable[GapRow]) -> dict[str, int]:
    return dict(Counter(gap.status for gap in gaps))
