"""Whether an article says anything about a gap's questions beyond repeating them.

A title, the questions pasted under it and nothing else would be found by everybody and help nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from kb.index.directions import Common
from kb.usage.twins import has_twin, words_of

Floats = npt.NDArray[np.float32]

SAYS: Final = 0.15
"""On average so near do a gap's questions come to an article's text that is about them: as in FAR of
kb/usage/gap_refresh.py, where 0 is the nearness of unrelated passages."""
LEAST_WORDS: Final = 8
"""Different words that the text adds to the questions; "coming soon" is no answer yet."""


def own_text(bodies: Sequence[str], questions: Sequence[str]) -> list[int]:
    """Places of the body texts that do not repeat a question."""
    asked = [words_of(text) for text in questions]
    return [place for place, text in enumerate(bodies) if not has_twin(words_of(text), asked)]


def says_something(
    bodies: Sequence[str], vectors: Floats, questions: tuple[Sequence[str], Floats], common: Common
) -> bool:
    """`vectors` are those of an article's body texts, `questions` texts with theirs."""
    texts, asked = questions
    own = own_text(bodies, texts)
    if not own or not len(asked):
        return False
    said = frozenset[str]().union(*(words_of(bodies[place]) for place in own))
    new = said - frozenset[str]().union(*map(words_of, texts))
    if len(new) < LEAST_WORDS:
        return False
    return float(common.scale((asked @ vectors[own].T).max(axis=1)).mean()) >= SAYS
