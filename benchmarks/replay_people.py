"""People, and machines, as they behave in the form: each a generator that yields seconds to wait."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from replay_site import Site

STATES = 5
"""States of the field in which a question is asked, of the dozens a widget asks about: a fifth of it more
each time."""
SECONDS = 4
"""From one to the next."""
MISTYPED, STAYS = 0.2, 0.1
"""Share of the questions with a typo that is mended on the way, and with one that is not."""
SOLVES = 0.85
"""Who is shown the right article solves it with this; of the others half write a ticket."""
TICKETS = {"answerable": 0.8, "near": 0.8, "far": 0.1}
"""Who is not shown it, by what was asked, writes a ticket with this; else leaves."""
CURIOUS = 0.2
"""Who is shown only wrong articles opens the first with this, before writing."""
CRAWLER = "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://example.com/bot)"
PAGES = ("https://bank.example/contact", "https://bank.example/app/help", "https://bank.example/cards")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`right`: slugs of what answers it; kind answerable, near (with its topic) or far."""

    text: str
    kind: str
    topic: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """`person` empty: not known to the page. `again`: days until who was not helped comes back; 0 never."""

    at: datetime
    person: str
    email: str = ""
    asks: Sequence[Question]
    by: str = "person"
    again: int = 0


@dataclass(slots=True, kw_only=True)
class World:
    """What the visitors share, and what the benchmark knows of each question asked: `asked` by query id.

    `written`: topic -> slug of the article published about it; a hollow one helps nobody.
    """

    site: Site
    now: datetime
    asked: dict[str, tuple[Question, str]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    returning: list[Visit] = field(default_factory=list)
    outcomes: list[tuple[datetime, Question, bool, str]] = field(default_factory=list)


Steps = Generator[float, None, None]


def behave(visit: Visit, world: World, rng: Random) -> Steps:
    if visit.by == "person":
        yield from _customer(visit, world, rng)
    else:
        yield from _machine(visit, world)


def _machine(visit: Visit, world: World) -> Steps:
    """Whole questions, one every other second; a crawler says what it is, a script does not."""
    session = ""
    agent = CRAWLER if visit.by == "crawler" else "Mozilla/5.0"
    for question in visit.asks:
        body = {"text": question.text, "locale": "en"} | ({"session_id": session} if session else {})
        if answer := world.site.post("/v1/suggestions", body, agent):
            session = answer["session_id"]
            world.asked[_id(answer)] = (question, visit.by)
        yield 2


def _customer(visit: Visit, world: World, rng: Random) -> Steps:
    known: dict[str, Any] = {"person": visit.person} if visit.person else {}
    for number, question in enumerate(visit.asks):
        body = known | {"locale": "en", "page_url": PAGES[number % len(PAGES)]}
        answer = None
        for text in typed(question.text, rng):
            answer = world.site.post("/v1/suggestions", body | {"text": text})
            if answer:
                body["session_id"] = known["session_id"] = answer["session_id"]
                world.asked[_id(answer)] = (question, visit.by)
            yield SECONDS
        helped = yield from _ends(_Case(visit, question, answer, body), world, rng)
        if not helped and visit.again:
            at = visit.at + timedelta(days=visit.again)
            world.returning.append(Visit(at=at, person=visit.person, email=visit.email, asks=[question]))
        yield rng.choice([180, 2400])


@dataclass(frozen=True, slots=True)
class _Case:
    visit: Visit
    question: Question
    answer: dict[str, Any] | None
    body: Mapping[str, Any]


def _ends(case: _Case, world: World, rng: Random) -> Generator[float, None, bool]:
    """What somebody does with what is shown; whether it helped."""
    answer, question = case.answer, case.question
    if answer is None:
        # The form works without suggestions.
        if rng.random() < TICKETS[question.kind]:
            _ticket(case, world)
        return False
    shown = [one["slug"] for one in answer["suggestions"]] if answer["answered"] else []
    right = question.right | {world.written.get(question.topic, "")}
    events = [{"type": "shown", "slug": slug, "rank": n} for n, slug in enumerate(shown, 1)]
    found = next((slug for slug in shown if slug in right), None)
    end = _end(question, found, rng)
    opened = found or (shown[0] if shown and rng.random() < CURIOUS else None)
    if opened:
        seconds = 20 + rng.random() * 60 if found else 5 + rng.random() * 20
        events += [{"type": "opened", "slug": opened}, {"type": "closed", "slug": opened, "seconds": seconds}]
        yield 4 * round(seconds / 4)
    if end == "solved" and found:
        events.append({"type": "solved", "slug": found})
    if end == "ticket":
        events.append({"type": "submitted"})
        _ticket(case, world)
    else:
        events.append({"type": "left"})
    at = {"query_id": answer["query_id"], "at": world.now.isoformat()}
    sent = {"session_id": answer["session_id"], "events": [one | at for one in events]}
    world.site.post("/v1/events", sent | _person(case.visit))
    world.outcomes.append((world.now, question, bool(found), end))
    return end == "solved"


def _end(question: Question, found: str | None, rng: Random) -> str:
    if found:
        return "solved" if rng.random() < SOLVES else rng.choice(["ticket", "left"])
    return "ticket" if rng.random() < TICKETS[question.kind] else "left"


def _ticket(case: _Case, world: World) -> None:
    body = {"email": case.visit.email, "message": case.question.text}
    if case.answer:
        body |= {"session_id": case.answer["session_id"], "query_id": case.answer["query_id"]}
    world.site.post("/v1/tickets", body | _person(case.visit))


def _person(visit: Visit) -> dict[str, str]:
    return {"person": visit.person} if visit.person else {}


def _id(answer: Mapping[str, Any]) -> str:
    """As it is kept: without the signature."""
    return str(answer["query_id"]).rpartition(".")[0]


def typed(text: str, rng: Random) -> list[str]:
    """The states of the field on the way to a question."""
    text = _mistyped(text, rng) if rng.random() < STAYS else text
    ends = sorted({max(3, round(len(text) * part / STATES)) for part in range(1, STATES + 1)})
    states = [text[:end] for end in ends]
    if len(states) > 2 and rng.random() < MISTYPED:
        place = rng.randrange(1, len(states) - 1)
        states[place] = _mistyped(states[place], rng)
    return states


def _mistyped(text: str, rng: Random) -> str:
    """Two letters in the wrong order."""
    if len(text) < 4:
        return text
    place = rng.randrange(1, len(text) - 2)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
