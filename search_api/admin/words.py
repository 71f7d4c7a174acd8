"""Numbers and moments in words, for people to read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from babel.dates import format_date, format_timedelta
from markupsafe import Markup, escape

from kb.store.gaps import GapRow

LOCALE: Final = "en_GB"
CODE: Final = re.compile("`([^`]+)`")
KINDS: Final = {
    "missing": "Missing",
    "unfindable": "Unfindable",
    "unhelpful": "Unhelpful",
    "untranslated": "Untranslated",
}
STATUSES: Final = {
    "open": "Open",
    "drafting": "Drafting",
    "published": "Published",
    "verified": "Verified",
    "dismissed": "Dismissed",
}


def sentence(text: str) -> Markup:
    """With a capital and a full stop, which what is said in passing lacks; what is in backticks as code."""
    whole = f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}" if text else ""
    # Safe: escaped before the tags are put in.
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(whole))))  # noqa: S704


def why(gap: GapRow) -> str:
    """In a few words why a question is a gap, with the article concerned."""
    article = f"“{gap.diagnosis.get('title')}”" if gap.diagnosis.get("title") else "an article"
    far = ", and it is far from every article" if gap.diagnosis.get("far") else ""
    told = {
        "missing": "no article answers it",
        "unfindable": f"{article} is near, but was not found or not opened",
        "unhelpful": f"{article} was opened, and a ticket followed",
        "untranslated": f"{article} is there in another language only",
    }
    return told.get(gap.kind, gap.kind) + far


def ago(at: datetime) -> str:
    """`3 days ago`; `just now` within a minute."""
    passed = datetime.now(UTC) - at
    if passed.total_seconds() < 60:
        return "just now"
    return format_timedelta(-passed, add_direction=True, locale=LOCALE)


def moment(at: datetime) -> str:
    """`3 May 2026, 14:05 UTC`."""
    return f"{day(at.astimezone(UTC).date())}, {at.astimezone(UTC):%H:%M} UTC"


def day(one: date) -> str:
    return format_date(one, format="d MMM y", locale=LOCALE)


def short_day(one: date) -> str:
    return format_date(one, format="d MMM", locale=LOCALE)


def percent(share: float | None, digits: int = 0) -> str:
    """`12 %`; a dash for what is not known."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def count(number: int, one: str, many: str = "") -> str:
    """`1 person`, `3 people`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
