"""What became of an intent: exclusive outcomes, the first that fits, and flags beside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from typing import Final

from kb.search.locales import nearest_locale
from kb.store.histories import AskedRow
from kb.store.intents import ArticleRow, IntentRow
from kb.store.persons import TAKEN_BACK
from kb.usage.intents import NOT_SOLVED, VERDICTS, Intent

SUBMITTED_AFTER_READING: Final = "submitted_after_reading"
SUBMITTED: Final = "submitted"
CONFIRMED: Final = "confirmed"
ASSUMED: Final = "assumed"
LEFT: Final = "left"
UNOFFERED: Final = "unoffered"
ERROR: Final = "error"
OUTCOMES: Final = (SUBMITTED_AFTER_READING, SUBMITTED, CONFIRMED, ASSUMED, LEFT, UNOFFERED, ERROR)
SENT: Final = (SUBMITTED_AFTER_READING, SUBMITTED)

OPENED: Final = ("opened", "closed", *VERDICTS)
"""Events that cannot be without the article having been open."""

MANY: Final = 100
"""Questions in one day after which nobody takes the asker for a customer."""
FAST: Final = 3.0
"""Seconds. Who asks this fast, in the median of at least SEVERAL whole questions, does not type or read."""
SEVERAL: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A ticket or a form sent; `intent_id` is empty for one without a question before it."""

    at: datetime
    intent_id: str = ""


def outcome_of(intent: Intent, articles: Sequence[ArticleRow]) -> str:
    """The first that fits. `articles` are those of the intent, as `articles_of` tells."""
    offered, read = is_offered(intent), any(one.read for one in articles)
    verdicts = set(_verdicts(intent).values())
    fits = {
        SUBMITTED_AFTER_READING: bool(intent.sendings) and read,
        SUBMITTED: bool(intent.sendings),
        CONFIRMED: offered and "solved" in verdicts,
        ASSUMED: offered and read and "not_solved" not in verdicts,
        LEFT: offered,
        UNOFFERED: not intent.asked[-1].failed,
        ERROR: True,
    }
    return next(outcome for outcome in OUTCOMES if fits[outcome])


def is_offered(intent: Intent) -> bool:
    """Whether suggestions were shown at any moment of it, however briefly."""
    return any(_was_offered(one) for one in intent.asked)


def articles_of(
    intent: Intent, read_seconds: float, published: Mapping[str, Sequence[str]]
) -> list[ArticleRow]:
    """What was offered for a settled question, shown on the way to one, or opened, by slug.

    `published` has the locales of what was opened by a link in another article.
    """
    asked = {one.query_id: one for one in intent.asked}
    locales = {slug: locale for one in reversed(intent.asked) for slug, locale in one.suggestions}
    ranks: dict[str, list[int]] = defaultdict(list)
    for one in intent.settled:
        for rank, (slug, _) in enumerate(one.suggestions if _was_offered(one) else (), 1):
            ranks[slug].append(rank)
    opened: dict[str, float] = {}
    for event in intent.events:
        slugs = [slug for slug, _ in asked[event.query_id].suggestions]
        if event.type == "shown" and event.slug in slugs:
            ranks[event.slug].append(slugs.index(event.slug) + 1)
        elif event.type in OPENED and event.slug:
            opened[event.slug] = max(opened.get(event.slug, 0.0), event.seconds)
            beside = asked[event.query_id]
            locales.setdefault(event.slug, _linked_locale(beside, published.get(event.slug, ())))
    verdicts = _verdicts(intent)
    return [
        ArticleRow(
            slug=slug,
            locale=locales[slug],
            rank=min(ranks.get(slug, ()), default=None),
            opened=slug in opened,
            read=opened.get(slug, 0.0) >= read_seconds,
            seconds=opened.get(slug, 0.0),
            verdict=verdicts.get(slug),
        )
        for slug in sorted({*ranks, *opened})
    ]


def taken_back(row: IntentRow, persons: Iterable[str], sent: Mapping[str, Sequence[Sent]]) -> bool:
    """Whether somebody of these names wrote a ticket from its beginning to 72 hours after its end.

    `sent` is what each name sent. What was submitted in the intent itself is its outcome already.
    """
    return row.outcome not in SENT and any(
        one.intent_id != row.intent_id and row.started_at <= one.at <= row.ended_at + TAKEN_BACK
        for name in persons
        for one in sent.get(name, ())
    )


def is_machine(intents: Sequence[Intent]) -> bool:
    """Whether whole questions came faster in this session than anybody types or reads."""
    moments = sorted(one.at for intent in intents for one in intent.settled)
    steps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    return len(moments) >= SEVERAL and median(steps) <= FAST


def days_of_many(asked: Iterable[tuple[str, datetime]]) -> set[tuple[str, date]]:
    """The persons and days (UTC) with more than MANY settled questions."""
    counts = Counter((person, at.date()) for person, at in asked)
    return {day for day, count in counts.items() if count > MANY}


def _was_offered(asked: AskedRow) -> bool:
    """Whether it was given suggestions: with `min_confidence` 0 also such as are not likely to help."""
    return bool(asked.suggestions) and not (asked.held_out or asked.failed)


def _linked_locale(asked: AskedRow, known: Sequence[str]) -> str:
    """Of an article that a link led to: that of the ones offered, or the nearest that it is known in."""
    beside = next((locale for _, locale in asked.suggestions), asked.locale)
    return nearest_locale(beside, known) or min(known, default=beside) or ""


def _verdicts(intent: Intent) -> dict[str, str]:
    """The last verdict on each article; of two at the same moment the one that is no praise."""
    said = [one for one in intent.events if one.type in VERDICTS]
    return {one.slug: one.type for one in sorted(said, key=lambda one: (one.at, one.type == NOT_SOLVED))}
