"""From keystrokes to questions: of a run of prefixes and small edits within 30 seconds the last one counts.

The server hears of no keystroke that leaves the field empty or nearly so, and not of every other one
either. Whoever clears the field and asks something else is therefore known by what comes next: a text far
shorter than the one before that grows into something unlike it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from rapidfuzz.distance import Levenshtein, Prefix

from kb.index.text import is_unspaced

PAUSE: Final = timedelta(seconds=30)
EDITED: Final = 5
"""One edit for so many characters is small; one always is in a text of LEAST characters."""
LEAST: Final = 3
MOST_EDITS: Final = 10
KEPT: Final = 0.5
"""Who deletes more than this share of a question is emptying the field, not refining it."""
COMPARED: Final = 1_000
"""Characters after what two texts have in common that are compared; a paste may have 20,000."""

_PLACEHOLDER = re.compile(r"\[(?:email|card|iban|ip|phone|key|number)\]")
_WORD = re.compile(r"\S+")
_SECRET = re.compile(r"[\d@]")
_MAY_HIDE = re.compile(r"[\d@\[]")
_HIDDEN = "\0"


@dataclass(frozen=True, slots=True)
class Run:
    """Keystrokes [start, end), of which the one at `settled` is the question."""

    start: int
    end: int
    settled: int


def settled_questions(keystrokes: Sequence[str]) -> list[str]:
    """The questions that a field, read after each keystroke, was made to ask; an empty field ends one.

    >>> settled_questions(["re", "reste", "reset", "reset my card", "", "invoice"])
    ['reset my card', 'invoice']
    """
    at_once = [datetime.min.replace(tzinfo=UTC)] * len(keystrokes)
    return [keystrokes[run.settled] for run in settled_runs(keystrokes, at_once)]


def settled_runs(texts: Sequence[str], moments: Sequence[datetime]) -> list[Run]:
    """Runs of the states of a field, in the order of their moments; empty ones are part of none."""
    runs: list[Run] = []
    open_run: _OpenRun | None = None
    for place, text in enumerate(texts):
        if open_run and (not text or moments[place] - moments[place - 1] > PAUSE):
            runs.append(open_run.closed(place, emptied=not text))
            open_run = None
        if not text:
            continue
        if open_run is None:
            open_run = _OpenRun(place, text)
        elif not open_run.goes_on(place, text):
            runs.append(open_run.closed(place))
            open_run = _OpenRun(place, text)
    return [*runs, open_run.closed(len(texts))] if open_run else runs


class _OpenRun:
    """A run that may go on; `peak` is what it would ask if what is left were only a remainder."""

    def __init__(self, start: int, text: str) -> None:
        self._start = start
        self._peak = self._last = (start, text)

    def goes_on(self, place: int, text: str) -> bool:
        peak = self._peak[1]
        if _continues(peak, text):
            self._peak = self._last = (place, text)
        elif _continues(text, peak):
            self._last = (place, text)
        elif self._last != self._peak and not self._is_remainder() and _continues(self._last[1], text):
            # The end of the question is put in other words.
            self._peak = self._last = (place, text)
        else:
            return False
        return True

    def closed(self, end: int, *, emptied: bool = False) -> Run:
        """Whoever deletes and ends with an empty field refined nothing on the way."""
        settled = self._peak if emptied or self._is_remainder() else self._last
        return Run(self._start, end, settled[0])

    def _is_remainder(self) -> bool:
        return len(self._last[1]) < KEPT * len(self._peak[1])


def _continues(before: str, after: str) -> bool:
    """Whether `after` is `before` typed on, with something put in, or with a typo mended on the way."""
    if after.startswith(before):
        return True
    before, after = _masked(before), _masked(after)
    common = Prefix.similarity(before, after)
    left, right = before[common:], after[common:]
    if right.endswith(left) or (common and right[:1] == _HIDDEN and " " not in left):
        return True
    limit = _small(before)
    if limit == 0 or not right or len(left) > COMPARED:
        return not left
    # Typing on costs nothing: only the beginning of `right` is compared, as long as `left` is or nearly.
    lengths = range(max(1, len(left) - limit), min(len(right), len(left) + limit) + 1)
    return any(Levenshtein.distance(left, right[:n], score_cutoff=limit) <= limit for n in lengths)


def _small(text: str) -> int:
    """How many edits of this text are small; a character of Chinese or Japanese is a word."""
    return min(MOST_EDITS, len(text) // EDITED or int(len(text) >= LEAST and not is_unspaced(text)))


def _masked(text: str) -> str:
    """Words with digits or an `@` as one sign: they turn into `[number]` or `[email]` while being typed.

    Word by word, in linear time: somebody pastes 20,000 characters without a space.
    """
    return _WORD.sub(_sign, text) if _MAY_HIDE.search(text) else text


def _sign(word: re.Match[str]) -> str:
    return _HIDDEN if _SECRET.search(word[0]) else _PLACEHOLDER.sub(_HIDDEN, word[0])
