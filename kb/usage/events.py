"""What a customer does with suggestions: the kinds of events, and which are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from kb.errors import EventRejected
from kb.store.usage import Event
from kb.usage.redaction import redact

EventType = Literal["shown", "opened", "closed", "solved", "not_solved", "submitted", "left", "effort"]

ABOUT_AN_ARTICLE: Final = frozenset({"opened", "closed"})
BEFORE_THE_WIDGET: Final = datetime(2020, 1, 1, tzinfo=UTC)
FAST_CLOCK: Final = timedelta(days=1)
MAX_PAGE_BYTES: Final = 1000
"""A page is part of a key by which intents are counted: PostgreSQL takes 2,704 bytes in all."""


def believable(event: Event, *, received: datetime) -> Event:
    """The event itself, or EventRejected with what is impossible about it.

    A browser's clock may be wrong and events wait for the next visit: nearly any past is believed.
    """
    if event.type in ABOUT_AN_ARTICLE and not event.slug:
        raise EventRejected(f"slug: needed to say which article was {event.type}")
    if event.at < BEFORE_THE_WIDGET:
        raise EventRejected("at: lies before there were such events")
    if event.at > received + FAST_CLOCK:
        raise EventRejected("at: lies in the future")
    return event


def page_of(url: str | None) -> str | None:
    """Scheme, host and path of a page's address, redacted; None for what is not an address.

    >>> page_of("https://ann:pw@shop.example/help/ann@example.com?order=7#top")
    'https://shop.example/help/[email]'
    """
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return short_page(f"{parts.scheme}://{host}{port}{redact(parts.path)}")


def short_page(page: str) -> str:
    """As much of it as MAX_PAGE_BYTES of UTF-8 hold; earlier versions kept longer ones."""
    return page.encode()[:MAX_PAGE_BYTES].decode(errors="ignore")
