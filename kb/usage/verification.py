"""Whether a gap is closed: what its replay and the next people who ask come to.

A gap is verified when of its questions until it was published, those that became passages themselves left
out, at least 80 % find in the first three an article added or changed since the gap opened, and of the next
people who ask, at least 5, at most 20 % write a ticket within 72 hours. Until then it is published, and
`x of y answered` says how far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scipy.special import bdtrc

from kb.store.gaps import DRAFTING, OPEN, PUBLISHED, VERIFIED
from kb.usage.replay import Found, Key, Wording
from kb.usage.twins import Words, has_twin, words_of

ANSWERED: Final = 0.8
TICKETS: Final = 0.2
NEXT: Final = 5
"""So many people have to have asked before what became of them says anything."""
UNASKED: Final = 0.5
"""Share of a gap's questions, NEXT at least, to be answered before it counts as published though nobody
drafted for it: of two questions any new article answers both now and then."""
FAILING: Final = 2
"""So many people without help may reopen a gap: as many as make one."""
DOUBT: Final = 0.05
"""They do when so many were this unlikely if it were closed, with TICKETS of those who ask in need of more:
both of two, 4 of 6, 5 of 10. Of ten people who ask about what is answered two fail now and then."""
ARTICLE: Final = 0.2
"""An article that answers this share of what is answered is one of those that closed the gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Of a gap's `asked` questions, those that became passages left out, `answered` find an article that says
    something about them and was added or changed since; `failing` are wordings that find none, `articles`
    what was found. `left_out` counts the questions that became passages.
    """

    asked: int = 0
    answered: int = 0
    left_out: int = 0
    failing: tuple[str, ...] = ()
    articles: tuple[Key, ...] = ()

    @property
    def share(self) -> float:
        return self.answered / self.asked if self.asked else 0.0

    def as_json(self) -> dict[str, Any]:
        """For the database; articles as [slug, locale]."""
        return {
            "asked": self.asked,
            "answered": self.answered,
            "left_out": self.left_out,
            "failing": list(self.failing),
            "articles": [[slug, locale] for locale, slug in self.articles],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Replay:
        return cls(
            asked=kept.get("asked", 0),
            answered=kept.get("answered", 0),
            left_out=kept.get("left_out", 0),
            failing=tuple(kept.get("failing", ())),
            articles=tuple((locale, slug) for slug, locale in kept.get("articles", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """People who asked the same since a gap is judged by them: all, and those whom no suggestion helped.

    Of all, `final` asked so long ago that no ticket of theirs can follow, and `sent` of these wrote one.
    """

    asked: int = 0
    failed: int = 0
    final: int = 0
    sent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A new status, and why."""

    status: str
    note: str


def replayed(
    wordings: Sequence[Wording],
    found: Sequence[Sequence[Found]],
    counting: Mapping[Key, Collection[Words]],
    floor: float,
) -> Replay:
    """What the questions found, each among its first three; `counting` are the articles that count, each with
    its title and its questions, customers' ones too.
    """
    passages = [words for own in counting.values() for words in own]
    answers = [[one.article for one in three if one.confidence >= floor] for three in found]
    kept = [
        (wording, next((article for article in answer if article in counting), None))
        for wording, answer in zip(wordings, answers, strict=True)
        if not has_twin(words_of(wording.text), passages)
    ]
    by_article = Counter[Key]()
    for wording, article in kept:
        if article:
            by_article[article] += wording.count
    answered = by_article.total()
    asked = sum(wording.count for wording, _ in kept)
    return Replay(
        asked=asked,
        answered=answered,
        left_out=sum(wording.count for wording in wordings) - asked,
        failing=tuple(wording.text for wording, article in kept if not article),
        articles=tuple(key for key, count in by_article.most_common() if count >= ARTICLE * answered),
    )


def verdict(status: str, replay: Replay, since: Since) -> Verdict | None:
    """What becomes of a gap of this status; None when nothing does."""
    told = f"{replay.answered} of {replay.asked} answered"
    if status in (PUBLISHED, VERIFIED) and _fails(since):
        note = f"no suggestion helped {since.failed} of the {since.asked} people who asked since"
        return Verdict(status=OPEN, note=note)
    if status == VERIFIED and replay.asked and replay.share < ANSWERED:
        return Verdict(status=PUBLISHED if replay.answered else OPEN, note=f"{told} any more")
    if status == DRAFTING and (replay.answered or (replay.left_out and not replay.asked)):
        return Verdict(status=PUBLISHED, note=told)
    if status == OPEN and replay.asked >= NEXT and replay.share >= UNASKED:
        return Verdict(status=PUBLISHED, note=told)
    enough = since.final >= NEXT and since.sent <= TICKETS * since.final
    if status == PUBLISHED and replay.asked and replay.share >= ANSWERED and enough:
        note = f"{told}; {since.sent} of the {since.final} people who asked since wrote a ticket"
        return Verdict(status=VERIFIED, note=note)
    return None


def _fails(since: Since) -> bool:
    """Whether more people than a closed gap would leave found no help."""
    return since.failed >= FAILING and float(bdtrc(since.failed - 1, since.asked, TICKETS)) < DOUBT
