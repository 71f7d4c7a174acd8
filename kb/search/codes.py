"""Codes to the letter: "3311" is all there is to ask, and the one article that has it is meant.

To an encoder a code is next to nothing, so the scores of whoever asks for one stand hardly above what no
answer reaches, though the right article comes first.
"""

from __future__ import annotations

from kb.index.words import Terms
from kb.search.typed import Typed

# "24" and "5g" stand in many texts by chance.
SHORTEST = 3


def chance_by_code(typed: Typed, article: int, terms: Terms) -> float:
    """The chance that the article is meant, by the codes of the question that it has: as much as these are of
    what the question tells, over one more than the articles that have them (Laplace's rule of succession: of
    one article nobody has said yet whether it answers). 0 where there are none.
    """
    chance = 0.0
    for word in {*typed.words, typed.prefix}:
        holding = terms.holding(word) if _is_code(word) else ()
        if article in holding:
            chance += terms.told([word]) / (1 + len(holding))
    return min(chance / typed.told, 0.5) if chance else 0.0


def _is_code(word: str) -> bool:
    return len(word) >= SHORTEST and any(sign.isdigit() for sign in word)
