"""Why no suggestion helped with a gap's questions; kb/usage/remedy.py says what a writer can do about it.

An article answers by all appearances when it reaches CLOSE on average over a gap's questions, or the floor
and first place for nearly all of them. On banking 45 of 50 articles do so for ten of the questions they
answer, and for 7 of 27 topics that nothing answers some article does: so it is named, and a writer decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from kb.index.text import fold, words
from kb.search.query import Query, Suggestion
from kb.store.unhelped import NOT_SOLVED, OpenedRow, UnhelpedRow
from kb.usage.floor import PERSONS
from kb.usage.library import Library

MISSING: Final = "missing"
UNFINDABLE: Final = "unfindable"
UNHELPFUL: Final = "unhelpful"
UNTRANSLATED: Final = "untranslated"
KINDS: Final = (MISSING, UNFINDABLE, UNHELPFUL, UNTRANSLATED)

CLOSE: Final = 0.35
NEARLY_ALL: Final = 0.75
# A share of a gap's people opened the same article and wrote a ticket all the same, two of them at least.
OPENED: Final = 0.3
OPENED_PERSONS: Final = 2
THEN: Final = {UNHELPFUL: "then wrote a ticket", MISSING: "said that it did not help"}
# So many of its questions, the newest wordings, are asked again.
SAMPLED: Final = 10
# A word is missing from an article when it is in this share of the wordings.
FREQUENT: Final = 0.3
WORDS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """`article` is (locale, slug) of the nearest one, `confidence` the mean it reached, `share` of the
    questions it came first for. `asked_in` is the language asked for where that is what is missing.
    `words` of the questions, each of two people at least, are not in the article. No question stands in it,
    since it outlives them.
    """

    kind: str
    article: tuple[str, str] | None
    title: str
    confidence: float
    share: float
    asked_in: str
    words: tuple[str, ...]
    why: str

    def as_json(self) -> dict[str, Any]:
        """For the database: lists for tuples, two decimals too many cut off."""
        rounded = {"confidence": round(self.confidence, 3), "share": round(self.share, 3)}
        lists = {name: list(getattr(self, name) or ()) for name in ("article", "words")}
        return asdict(self) | rounded | lists


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nearest:
    suggestion: Suggestion
    confidence: float
    share: float
    asked_in: str


_Opened = tuple[tuple[str, str], int]
"""(locale, slug) of an article, and how many people opened it."""


def diagnose(asked: Sequence[UnhelpedRow], library: Library) -> Diagnosis:
    """Of the questions of one gap, oldest first."""
    opened = _opened(asked, lambda one, _: one.sent)
    rejected = _opened(asked, lambda _, article: article.verdict == NOT_SOLVED)
    nearest = _nearest(asked, library)
    if opened:
        return _to_no_avail(UNHELPFUL, opened, asked, nearest, library)
    if nearest is None or not _answers(nearest, rejected, library.floor):
        # Without tickets it is not `unhelpful`, and an article that is said not to answer is as good as none.
        return (
            _to_no_avail(MISSING, rejected, asked, nearest, library)
            if rejected
            else _missing(nearest, library)
        )
    if nearest.asked_in and nearest.asked_in != _language(nearest.suggestion.locale):
        return _untranslated(nearest)
    return _unfindable(nearest, asked, library)


def _answers(nearest: _Nearest, rejected: _Opened | None, floor: float) -> bool:
    """By all appearances; not if people opened it and said that it does not."""
    if rejected and rejected[0] == (nearest.suggestion.locale, nearest.suggestion.slug):
        return False
    return nearest.confidence >= CLOSE or (nearest.share >= NEARLY_ALL and nearest.confidence >= floor)


def _nearest(asked: Sequence[UnhelpedRow], library: Library) -> _Nearest | None:
    """The article most often among the first three now, with what it reached on average."""
    sample = list({(one.text, one.locale): one for one in asked}.values())[-SAMPLED:]
    reached: dict[tuple[str, str], list[Suggestion]] = defaultdict(list)
    languages: Counter[str] = Counter()
    for one in sample:
        languages[_language(one.locale)] += 1
        for found in library.ask(Query(text=one.text, locale=one.locale, min_confidence=0)).suggestions:
            reached[found.locale, found.slug].append(found)
    if not reached:
        return None
    best = min(reached, key=lambda key: (-sum(one.confidence for one in reached[key]), key))
    return _Nearest(
        suggestion=reached[best][0],
        confidence=sum(one.confidence for one in reached[best]) / len(sample),
        share=sum(one.rank == 1 for one in reached[best]) / len(sample),
        asked_in=languages.most_common(1)[0][0],
    )


def _opened(asked: Sequence[UnhelpedRow], counts: Callable[[UnhelpedRow, OpenedRow], bool]) -> _Opened | None:
    """The article that most people opened to no avail, and how many; None if few did."""
    readers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in asked:
        for article in one.opened:
            if counts(one, article):
                readers[article.locale, article.slug].add(one.person)
    if not readers:
        return None
    best = min(readers, key=lambda key: (-len(readers[key]), key))
    count = len(readers[best])
    enough = max(OPENED_PERSONS, OPENED * len({one.person for one in asked}))
    return (best, count) if count >= enough else None


def _to_no_avail(
    kind: str,
    opened: _Opened,
    asked: Sequence[UnhelpedRow],
    nearest: _Nearest | None,
    library: Library,
) -> Diagnosis:
    article, readers = opened
    name = "/".join(article)
    persons = len({one.person for one in asked})
    same = nearest if nearest and (nearest.suggestion.locale, nearest.suggestion.slug) == article else None
    found = _diagnosis(
        kind,
        same,
        f"{readers} of {persons} people opened {name} and {THEN[kind]}",
    )
    return found if same else replace(found, article=article, title=library.title_of(*article))


def _missing(nearest: _Nearest | None, library: Library) -> Diagnosis:
    if nearest is None:
        why = "no article comes near"
    else:
        name = f"{nearest.suggestion.locale}/{nearest.suggestion.slug}"
        usual = f"the floor is {library.floor:.2f}, an answer reaches {CLOSE:.2f}"
        why = (
            f"the nearest article, {name}, has a confidence of {nearest.confidence:.2f} on average ({usual})"
        )
    return _diagnosis(MISSING, nearest, why)


def _untranslated(nearest: _Nearest) -> Diagnosis:
    name = f"{nearest.suggestion.locale}/{nearest.suggestion.slug}"
    return _diagnosis(
        UNTRANSLATED,
        nearest,
        f"the article {name} answers, but the questions are asked in {nearest.asked_in}",
    )


def _unfindable(nearest: _Nearest, asked: Sequence[UnhelpedRow], library: Library) -> Diagnosis:
    article = (nearest.suggestion.locale, nearest.suggestion.slug)
    shown = sum(one.answered for one in asked)
    how = "was shown and ignored" if shown * 2 >= len(asked) else "stayed under the floor"
    name = "/".join(article)
    found = _diagnosis(
        UNFINDABLE,
        nearest,
        f"the article {name} seems to answer with {nearest.confidence:.2f} on average, but {how}",
    )
    return replace(found, words=_lacking(asked, library.words_of(*article)))


def _diagnosis(kind: str, nearest: _Nearest | None, why: str) -> Diagnosis:
    return Diagnosis(
        kind=kind,
        article=(nearest.suggestion.locale, nearest.suggestion.slug) if nearest else None,
        title=nearest.suggestion.title if nearest else "",
        confidence=nearest.confidence if nearest else 0.0,
        share=nearest.share if nearest else 0.0,
        asked_in=nearest.asked_in if nearest and kind == UNTRANSLATED else "",
        words=(),
        why=why,
    )


def _lacking(asked: Sequence[UnhelpedRow], there: frozenset[str]) -> tuple[str, ...]:
    """Words of many of the wordings that the article does not use, the most frequent first.

    What one person alone typed, a name maybe, is not for writers to read.
    """
    typed = {one.text: set(words(fold(one.text))) for one in asked}
    counts = Counter(word for found in typed.values() for word in found)
    typists: dict[str, set[str]] = defaultdict(set)
    for one in asked:
        for word in typed[one.text]:
            typists[word].add(one.person)
    enough = max(2, FREQUENT * len(typed))
    found = [
        word
        for word, count in counts.most_common()
        if count >= enough and len(typists[word]) >= PERSONS and word not in there
    ]
    return tuple(found[:WORDS])


def _language(locale: str | None) -> str:
    return (locale or "").replace("_", "-").split("-")[0].lower()
