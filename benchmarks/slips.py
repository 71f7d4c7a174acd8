"""Slips of the finger, as people make them while typing."""

from __future__ import annotations

import random
import re

# Words that are long enough to be known again with one letter wrong.
_WORD = re.compile(r"[^\W\d_]{4,}")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def misspelt(text: str) -> str:
    """The text with a slip in one of its words, not in its first letter; always the same for a text.

    >>> [misspelt(text) for text in ("my card is blocked", "why?", "reset the password")]
    ['my card is bloked', 'why?', 'rreset the password']
    """
    chance = random.Random(text)
    found = list(_WORD.finditer(text))
    if not found:
        return text
    word = chance.choice(found)
    at = chance.randrange(word.start() + 1, word.end() - 1)
    before, letter, after, rest = text[:at], text[at], text[at + 1], text[at + 2 :]
    beside = chance.choice(_beside(letter))
    return chance.choice(
        (
            f"{before}{after}{rest}",
            f"{before}{beside}{letter}{after}{rest}",
            f"{before}{beside}{after}{rest}",
            f"{before}{after}{letter}{rest}",
        )
    )


def _beside(letter: str) -> str:
    """The keys beside a letter's; itself where it has none, as it is typed twice."""
    for row in _ROWS:
        place = row.find(letter.lower())
        if place >= 0:
            return row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    return letter
