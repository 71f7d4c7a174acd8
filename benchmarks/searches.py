"""What somebody would search for who does not write sentences: the few words of a question that tell most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from kb.index.text import fold, is_unspaced, words

# Words of a question that are kept.
MOST = 3


def searched(text: str, telling: Callable[[str], float], count: int = MOST) -> str | None:
    """The `count` words that tell most, in their order; None where there are no more, or where words are not
    spaced apart, so that a search looks like a question cut short.

    >>> searched("How do I renew my card?", lambda word: word in ("renew", "card"), 2)
    'renew card'
    """
    said = list(dict.fromkeys(words(fold(text))))
    if len(said) <= count or is_unspaced(text):
        return None
    kept = set(sorted(said, key=lambda word: -telling(word))[:count])
    return " ".join(word for word in said if word in kept)


def as_searches(questions: Sequence[str]) -> list[str]:
    """Each by its rarest words among all of them, or as it is."""
    times = Counter(word for text in questions for word in set(words(fold(text))))
    return [searched(text, lambda word: -times[word]) or text for text in questions]
