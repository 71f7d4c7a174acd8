"""From a session to its intents: one person, one visit to the form, one problem.

Everything hangs on the server's own times and signed ids: an event belongs to the intent in which its
question was asked, however late, repeated or out of order it comes, and a browser's clock decides nothing
but the order of its own events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kb.index.text import fold, words
from kb.store.histories import AskedRow, EventRow, History, TicketSent
from kb.usage.settled import settled_runs

SILENCE: Final = timedelta(minutes=30)
"""An intent is settled, and the visit over, after half an hour in which nothing is asked: the time web
analytics have long taken for the end of a visit. Longer, and two problems of one tab become one; shorter,
and whoever looks up an order number between two sentences becomes two."""
ALIKE: Final = 0.5
"""Share of the shorter question's words that two questions about one problem have in common."""
COMPARED: Final = 5
"""Questions of the intent so far that the next one is compared with, the last ones."""
NOT_SOLVED: Final = "not_solved"
VERDICTS: Final = ("solved", NOT_SOLVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A ticket, or the form sent by the page itself (`ticket_id` empty)."""

    at: datetime
    ticket_id: str = ""


@dataclass(slots=True, kw_only=True)
class Intent:
    """All states of the field in one intent, the settled ones among them, and what was done."""

    asked: list[AskedRow] = field(default_factory=list)
    settled: list[AskedRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    solved: bool = False

    @property
    def ended_at(self) -> datetime:
        """When something was last asked, judged or sent: a tab closed days later says nothing new."""
        judged = [one for one in self.events if one.type in VERDICTS]
        return max(one.at for part in (self.asked, judged, self.sendings) for one in part)

    def takes(self, run: Intent) -> bool:
        """Whether the next run of typing goes on with the same problem."""
        if run.asked[0].at - self.asked[-1].at >= SILENCE:
            return False
        if self.asked[-1].search != run.asked[0].search:
            # Looking something up in the help centre is no visit to the form.
            return False
        before, after = self.settled[-COMPARED:], run.settled[-1]
        shared = max(_shared(one.text, after.text) for one in before)
        if shared >= ALIKE:
            # Also after sending: the form was refused and sent again, or a word was added.
            return True
        if self.sendings or self.solved:
            # What was sent or solved is over; other words are another problem.
            return False
        if shared > 0:
            return True
        # Without a word in common it is another problem on another page, or when other articles were
        # offered; otherwise it may be the same one in other words, and counting one problem twice would
        # put an intent nobody could help beside each one that was.
        return before[-1].page == after.page and not _elsewhere(before[-1], after)

    def add(self, run: Intent) -> None:
        self.asked += run.asked
        self.settled += run.settled
        self.events += run.events
        self.sendings += run.sendings
        self.solved = self.solved or run.solved


def intents_of(history: History, tickets: Sequence[TicketSent]) -> list[Intent]:
    """The intents of one session in their order; `tickets` are those written in it."""
    asked = sorted(history.asked, key=lambda one: (one.at, one.query_id))
    runs = _runs(asked)
    home = {one.query_id: run for run in runs for one in run.asked}
    known = {one.query_id: one for one in asked}
    for event in sorted(history.events, key=lambda one: (one.at, one.type, one.slug, one.query_id)):
        if run := home.get(event.query_id):
            _happened(run, event, known[event.query_id])
    for ticket in tickets:
        run = home.get(ticket.query_id or "") or _last_before(runs, ticket.at)
        if run:
            run.sendings.append(Sending(at=ticket.at, ticket_id=ticket.ticket_id))
    made: list[Intent] = []
    for run in runs:
        if made and made[-1].takes(run):
            made[-1].add(run)
        else:
            made.append(run)
    return made


def _runs(asked: Sequence[AskedRow]) -> list[Intent]:
    """What was typed in one go; help centre and form are two fields."""
    made: list[Intent] = []
    for search in (False, True):
        states = [one for one in asked if one.search == search]
        for run in settled_runs([one.text for one in states], [one.at for one in states]):
            made.append(Intent(asked=states[run.start : run.end], settled=[states[run.settled]]))
    return sorted(made, key=lambda run: (run.asked[0].at, run.asked[0].query_id))


def _happened(run: Intent, event: EventRow, asked: AskedRow) -> None:
    if event.type == "submitted":
        run.sendings.append(Sending(at=max(event.at, asked.at)))
    elif not asked.held_out:
        # A held-out person was shown nothing: what claims otherwise is forged.
        run.events.append(event)
        run.solved = run.solved or event.type == "solved"


def _last_before(runs: Sequence[Intent], at: datetime) -> Intent | None:
    """What was asked in the visit of that moment; days later it is another one, though in the same tab."""
    visited = (run for run in reversed(runs) if run.asked[0].at <= at < run.asked[-1].at + SILENCE)
    return next(visited, None)


def _shared(one: str, other: str) -> float:
    """Share of the shorter question's words that the other has too."""
    these, those = set(words(fold(one))), set(words(fold(other)))
    return len(these & those) / max(1, min(len(these), len(those)))


def _elsewhere(one: AskedRow, other: AskedRow) -> bool:
    """Whether both were answered, and by wholly different articles."""
    both = one.answered and other.answered
    return both and {slug for slug, _ in one.suggestions}.isdisjoint(slug for slug, _ in other.suggestions)
