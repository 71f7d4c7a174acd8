"""What the replay has to show: gaps of missing topics, numbers that stay, articles that close gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from checks import Checks
from replay_articles import Written
from replay_people import World

from kb.store.gaps import GapRow
from kb.usage.gaps import GapReport

FIRST = 35
TOPICS = 24
FAR = 0.05
KEPT = 0.95


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

    @property
    def rows(self) -> list[GapRow]:
        return [*self.report.gaps, *self.report.off_topic, *self.report.decided]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """The last night of all, what was written about, and since when it was there."""

    night: Night
    written: Written
    since: datetime


def topic_of(world: World, night: Night, gap: GapRow, share: float = 0.5) -> str:
    """The topic of more than this share of its questions; empty when there is none."""
    topics = Counter(
        world.asked[query][0].topic
        for query, home in night.home.items()
        if home == gap.gap_id and query in world.asked
    )
    topic, times = topics.most_common(1)[0] if topics else ("", 0)
    return topic if times > share * topics.total() else ""


def judge_gaps(checks: Checks, world: World, nights: Sequence[Night]) -> None:
    last = nights[-1]
    of = [topic_of(world, last, gap) for gap in last.report.gaps]
    heads = {topic for topic in of[:FIRST] if topic}
    print(f"gaps: {len(of)}, of a missing topic: {sum(map(bool, of))}; first {FIRST}:")
    for gap, topic in zip(last.report.gaps[:FIRST], of, strict=False):
        print(f"  {gap.gap_id:4} {gap.kind:11}{gap.persons:4} people  {topic:32}{gap.label[:60]}")
    checks.must(
        len(heads) >= TOPICS, f"{TOPICS} missing topics head a gap of the first {FIRST} ({len(heads)})"
    )
    listed = {gap.gap_id for gap in last.report.gaps}
    inside = [query for query, gap in last.home.items() if gap in listed]
    kinds = Counter(world.asked[query][0].kind for query in inside if query in world.asked)
    print(f"  questions in gaps: {dict(kinds)}; off-topic groups: {len(last.report.off_topic)}")
    far = kinds["far"] / max(1, len(inside))
    checks.must(far <= FAR, f"at most {FAR:.0%} of the questions in gaps are far ({far:.1%})")
    strange = Counter(world.asked[query][1] if query in world.asked else "outage" for query in last.home)
    wrong = strange.total() - strange["person"]
    checks.must(not wrong, f"no question of a machine or an outage is in a gap ({wrong})")
    judge_numbers(checks, nights)


def judge_numbers(checks: Checks, nights: Sequence[Night]) -> None:
    """From night to night, and from when a question came into a gap to the last night."""
    daily = [_kept(before, after) for before, after in pairwise(nights[1:])]
    worst = min((kept / max(1, of) for kept, _, of in daily), default=1.0)
    moved = sum(of - kept - gone for kept, gone, of in daily)
    gone = sum(gone for _, gone, _ in daily)
    print(f"  from night to night {moved} questions went to another gap, {gone} to none")
    first: dict[str, int] = {}
    for night in nights[1:]:
        first = dict(night.home) | first
    last = nights[-1]
    stayed = sum(last.home.get(query) == last.now(gap) for query, gap in first.items())
    checks.must(worst >= KEPT, f"{KEPT:.0%} keep their gap's number from day to day (worst day {worst:.1%})")
    share = stayed / max(1, len(first))
    checks.must(share >= KEPT, f"{KEPT:.0%} are on the last day in the gap they came into ({share:.1%})")


def _kept(before: Night, after: Night) -> tuple[int, int, int]:
    """How many are in the same gap, aliases followed, how many in none, and of how many."""
    same = sum(after.home.get(query) == after.now(gap) for query, gap in before.home.items())
    gone = sum(query not in after.home for query in before.home)
    return same, gone, len(before.home)


def judge_written(checks: Checks, world: World, after: Aftermath) -> None:
    night, written, since = after.night, after.written, after.since
    gaps = night.rows
    for topic in [*written.slugs, written.hollow]:
        those = [one for one in world.outcomes if one[0] >= since and one[1].topic == topic]
        found = sum(one[2] for one in those)
        sent = sum(one[3] == "ticket" for one in those)
        print(f"  {topic:32} next {len(those):3} asked, {found:3} found it, {sent:3} wrote a ticket")
    for gap in gaps:
        if gap.status != "open":
            told = gap.replay
            says = f"{told.get('answered', 0)} of {told.get('asked', 0)}"
            print(
                f"  {gap.gap_id:4} {gap.status:10}{says:12}{topic_of(world, night, gap):32}{gap.label[:50]}"
            )
    verified = [gap for gap in gaps if gap.status == "verified"]
    numbers = {gap.gap_id for gap in verified}
    right = [topic for topic, gap in written.gaps.items() if night.now(gap) in numbers]
    checks.must(
        len(right) == len(written.slugs), f"the {len(written.slugs)} gaps are verified ({len(right)})"
    )
    others = [gap.gap_id for gap in verified if topic_of(world, night, gap) not in written.slugs]
    checks.must(not others, f"no other gap is verified ({others})")
    checks.must(night.now(written.hollow_gap) not in numbers, "nor is the one whose article says nothing")
