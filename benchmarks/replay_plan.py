"""Who comes when: questions of a labelled set spread over days as visits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from replay_people import Question, Visit

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
MARKS = [timedelta(hours=9, minutes=30 * n) for n in range(18)]
"""Visits begin together, so that several are under way at once."""
TIMES_ASKED = (1, 2, 3)
"""How many people ask each near question; a topic has 40 of them."""
KNOWN, REGULARS, REGULAR = 0.7, 400, 0.4
"""Share of visits in which the page knows who it is; how many come again and again, and their share."""
TWO_QUESTIONS, COMES_AGAIN = 0.12, 0.1
CRAWLED, SCRIPTED = 40, 15
OUTAGE = (timedelta(hours=10, minutes=15), timedelta(hours=14, minutes=15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """The questions of a set by kind."""

    answerable: Sequence[Question]
    near: Sequence[Question]
    far: Sequence[Question]

    @property
    def topics(self) -> list[str]:
        return sorted({one.topic for one in self.near})


def read_set(file: Path, share: float) -> Set:
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [
        Question(
            text=line["question"],
            kind=line["kind"],
            topic=line.get("topic", ""),
            right=frozenset(line["articles"]),
        )
        for line in lines
        # One line of banking has an empty question.
        if line["question"].strip()
    ]
    of = {kind: [row for row in rows if row.kind == kind] for kind in ("answerable", "near", "far")}
    return Set(**{kind: some[: max(1, round(share * len(some)))] for kind, some in of.items()})


class Crowd:
    """Makes visits of questions; every choice follows from the seed."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._others = 0

    def visits(self, questions: Sequence[Question], day: datetime) -> list[Visit]:
        """On one day; one in eight visits asks two."""
        left = list(questions)
        made: list[Visit] = []
        while left:
            count = 2 if len(left) > 1 and self.rng.random() < TWO_QUESTIONS else 1
            asks = [left.pop() for _ in range(count)]
            again = self.rng.randint(1, 3) if self.rng.random() < COMES_AGAIN else 0
            at = day + self.rng.choice(MARKS)
            name, known = self._name(), self.rng.random() < KNOWN
            person = name if known else ""
            visit = Visit(at=at, person=person, email=f"{name}@example.com", asks=asks, again=again)
            made.append(visit)
        return made

    def machines(self, questions: Sequence[Question], day: datetime) -> list[Visit]:
        crawled = self.rng.sample(questions, min(CRAWLED, len(questions)))
        scripted = self.rng.sample(questions, min(SCRIPTED, len(questions)))
        return [
            Visit(at=day + self.rng.choice(MARKS), person="", asks=crawled, by="crawler"),
            Visit(at=day + self.rng.choice(MARKS), person="", asks=scripted, by="script"),
        ]

    def _name(self) -> str:
        if self.rng.random() < REGULAR:
            return f"regular-{self.rng.randrange(REGULARS)}"
        self._others += 1
        return f"person-{self._others}"


def days_of(asked: Set, days: int, crowd: Crowd) -> list[list[Visit]]:
    """Each far and each answerable question once, near ones from several people, machines every day."""
    near = [one for one in asked.near for _ in range(crowd.rng.choice(TIMES_ASKED))]
    every = [*asked.answerable, *asked.far, *near]
    crowd.rng.shuffle(every)
    made: list[list[Visit]] = []
    for number in range(days):
        day = BEGIN + timedelta(days=number)
        made.append(crowd.visits(every[number::days], day) + crowd.machines(every, day))
    return made
