"""The week in one letter: what to write next, what was closed, and what all of it brought."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import nh3
from markdown import markdown

from kb.store.gaps import OPEN, PUBLISHED, VERIFIED, DecisionRow, GapRow
from kb.usage.deflection import DeflectionReport
from kb.usage.gaps import GapReport
from kb.usage.intervals import Interval

TOP: Final = 10
KINDS: Final = {
    "missing": "no article",
    "unfindable": "an article that is not found",
    "unhelpful": "an article that did not help",
    "untranslated": "answered in another language only",
}
_MARKS: Final = re.compile(r"([\\`*_\[\]<>&])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a letter says of [since, until); `closed` are the gaps that became verified in that time."""

    since: datetime
    until: datetime
    gaps: GapReport
    deflection: DeflectionReport
    closed: tuple[GapRow, ...]
    address: str = ""

    @property
    def subject(self) -> str:
        waiting = [gap for gap in self.gaps.gaps if gap.status == OPEN]
        if not waiting:
            return "Selfhelp: nothing to write this week"
        return f"Selfhelp: {_count(len(waiting), 'gap')} to write, first “{_line(waiting[0].label)[:60]}”"


def closed_since(report: GapReport, decisions: Sequence[DecisionRow], since: datetime) -> tuple[GapRow, ...]:
    """Gaps that are verified, and became so since then."""
    lately = {one.gap_id for one in decisions if one.status == VERIFIED and one.at >= since}
    return tuple(gap for gap in report.decided if gap.status == VERIFIED and gap.gap_id in lately)


def as_markdown(digest: Digest) -> str:
    """The letter. What customers wrote is plain text in it, whatever signs it holds."""
    waiting = [gap for gap in digest.gaps.gaps if gap.status == OPEN]
    surges = [gap for gap in digest.gaps.gaps if gap.surge]
    failing = [gap for gap in digest.gaps.gaps if gap.status == PUBLISHED and gap.replay.get("failing")]
    parts = [
        f"# Selfhelp, {digest.since:%d %B} to {digest.until:%d %B %Y}",
        _broken(digest.deflection),
        _section("Suddenly asked a lot", surges, digest.address),
        _section("To write next", waiting[:TOP], digest.address, numbered=True)
        or "## To write next\n\nNothing: no question that two people asked is left without an answer.",
        _more(len(waiting) - TOP),
        _section("Published, but not yet answering", failing, digest.address),
        _section("Closed this week", digest.closed, digest.address),
        "## What it brought\n\n" + "\n".join(f"- {line}" for line in _figures(digest.deflection)),
        _hidden(digest.gaps.hidden_singles),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def as_html(letter: str) -> str:
    """The letter as the HTML part of a mail."""
    return nh3.clean(markdown(letter, output_format="html"), link_rel=None)


def _section(title: str, gaps: Sequence[GapRow], address: str, *, numbered: bool = False) -> str:
    if not gaps:
        return ""
    marks = (f"{place}." if numbered else "-" for place in range(1, len(gaps) + 1))
    return f"## {title}\n\n" + "\n".join(
        f"{mark} {_gap(gap, address)}" for mark, gap in zip(marks, gaps, strict=False)
    )


def _gap(gap: GapRow, address: str) -> str:
    label = _escaped(_line(gap.label))
    link = f"[{label}]({address.rstrip('/')}/admin/gaps/{gap.gap_id})" if address else label
    asked = gap.replay.get("asked")
    answered = f", {gap.replay.get('answered')} of {asked} questions answered" if asked else ""
    people = _count(gap.persons, "person", "people")
    return f"**{link}** (gap {gap.gap_id}: {people}, {KINDS.get(gap.kind, gap.kind)}{answered})"


def _figures(report: DeflectionReport) -> list[str]:
    if not report.intents:
        return [f"Not enough data: no intent is 72 hours old yet ({report.provisional} younger)."]
    lift = report.lift
    lines = [
        f"Deflected: {_share(report.deflection)} of {_count(report.offered, 'intent')} offered an article.",
        f"Assumed, never added to it: {_share(report.assumed_share)}.",
    ]
    if lift.difference:
        claim = "fewer tickets" if lift.claimed else "no effect shown, the interval holds 0"
        lines.append(f"Lift: {_share(lift.difference)}: {claim}.")
    elif lift.missing:
        lines.append(f"Lift: not enough data, {_count(lift.missing, 'more intent')} needed.")
    else:
        lines.append("Lift: nobody is held out, so it is not known.")
    return lines


def _share(interval: Interval | None) -> str:
    if interval is None:
        return "not enough data"
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})"


def _broken(report: DeflectionReport) -> str:
    since = report.broken_since
    return f"**Measurement broken since {since:%d %B %Y, %H:%M} UTC.**" if since else ""


def _more(number: int) -> str:
    return f"And {number} more." if number > 0 else ""


def _hidden(number: int) -> str:
    return f"{_count(number, 'question')} that only one person asked not shown." if number else ""


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """Signs that Markdown would read as its own, taken literally."""
    return _MARKS.sub(r"\\\1", text)
