"""Settling: what sessions left behind becomes intents, which all reports read instead of events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kb.store.histories import History, TicketSent
from kb.store.intents import ArticleRow, Batch, IntentRow, QuestionRow
from kb.store.store import Store
from kb.store.unsettled import settle_batch
from kb.usage.events import short_page
from kb.usage.intents import SILENCE, Intent, intents_of
from kb.usage.outcomes import (
    Sent,
    articles_of,
    days_of_many,
    is_machine,
    is_offered,
    outcome_of,
    taken_back,
)

READ_SECONDS = 10
PERSON = "person"
SEARCH = "search"
BOT = "bot"


def settle(store: Store, now: datetime, read_seconds: float = READ_SECONDS) -> int:
    """Brings intents up to date with all that is kept and quiet for half an hour; how many sessions changed.

    Only sessions in which something was kept since, and those of the same people around them, are read. May
    be stopped at any moment, and run by several processes at once. A session of which nothing can be made is
    left for the next time.
    """
    before = now - SILENCE
    count, failed = 0, frozenset[str]()
    while True:
        done = settle_batch(store, before, lambda batch: settled(batch, read_seconds), failed)
        if not done.sessions and not done.failed:
            return count
        count += done.sessions
        failed |= done.failed


def settled(batch: Batch, read_seconds: float = READ_SECONDS) -> list[IntentRow]:
    """The quiet intents of a batch, in an order that rests on nothing but their ids."""
    found = [one for history in batch.histories for one in _found(history, batch, read_seconds)]
    sent = _sent(found, batch.tickets)
    busy = days_of_many((one.row.person, asked.at) for one in found for asked in one.intent.settled)
    rows = [
        replace(
            one.row,
            taken_back=taken_back(one.row, one.names, sent),
            traffic=BOT if (one.row.person, one.row.started_at.date()) in busy else one.row.traffic,
        )
        for one in found
        if one.intent.asked[-1].at <= batch.before and one.row.started_at >= batch.since
    ]
    return sorted(rows, key=lambda row: row.intent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An intent with its row so far, and all names of who it belongs to."""

    intent: Intent
    row: IntentRow
    names: frozenset[str]


def _found(history: History, batch: Batch, read_seconds: float) -> list[_Found]:
    written = [one for one in batch.tickets if one.session_id == history.session_id]
    intents = intents_of(history, written)
    person = history.person or history.session_id
    names = frozenset({person, history.session_id})
    hint = history.traffic or (BOT if history.crowd or is_machine(intents) else PERSON)
    return [
        _Found(intent=one, row=_row(one, history, hint, articles), names=names)
        for one in intents
        for articles in [articles_of(one, read_seconds, batch.published)]
    ]


def _row(intent: Intent, history: History, hint: str, articles: Sequence[ArticleRow]) -> IntentRow:
    """With `taken_back` still to be judged, which takes the person's other intents."""
    first = intent.asked[0]
    sent_at = min((one.at for one in intent.sendings), default=None)
    return IntentRow(
        intent_id=intent.settled[0].query_id,
        session_id=history.session_id,
        person=history.person or history.session_id,
        known=history.person is not None,
        started_at=first.at,
        ended_at=intent.ended_at,
        locale=first.locale,
        page=short_page(first.page) if first.page else None,
        traffic=SEARCH if first.search and hint == PERSON else hint,
        outcome=outcome_of(intent, articles),
        offered=is_offered(intent),
        held_out=first.held_out,
        taken_back=False,
        effort=_effort(intent),
        submit_seconds=(sent_at - first.at).total_seconds() if sent_at else None,
        questions=tuple(_questions(intent)),
        articles=tuple(articles),
    )


def _questions(intent: Intent) -> Iterable[QuestionRow]:
    """The settled ones; one that we failed to answer says nothing about the articles."""
    for one in intent.settled:
        if not one.failed:
            yield QuestionRow(query_id=one.query_id, at=one.at, answered=one.answered)


def _effort(intent: Intent) -> int | None:
    said = [one for one in intent.events if one.type == "effort" and one.score is not None]
    return round(max(said, key=lambda one: one.at).score or 0) if said else None


def _sent(found: Sequence[_Found], tickets: Sequence[TicketSent]) -> dict[str, list[Sent]]:
    """By each name of whoever sent it, what was sent in the form and as a ticket, each once."""
    persons = {one.ticket_id: one.persons for one in tickets}
    sent: dict[str, list[Sent]] = defaultdict(list)
    for one in found:
        for sending in one.intent.sendings:
            for name in one.names | persons.pop(sending.ticket_id, frozenset()):
                sent[name].append(Sent(at=sending.at, intent_id=one.row.intent_id))
    for ticket in tickets:
        for name in persons.get(ticket.ticket_id, ()):
            sent[name].append(Sent(at=ticket.at))
    return sent
