"""What a question says while it is still being typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.content.synonyms import SynonymGroup
from kb.index.phrases import NO_PHRASES, Phrases
from kb.index.synonyms import NO_SYNONYMS, Synonyms
from kb.index.text import WORD, fold, grams, is_unspaced, words
from kb.index.words import Terms

# A question this long says what it is about many times over; the encoder reads less of it.
LONGEST = 2_000
# Questions about something else use words that the articles do not, too, but not for "how do I".
ENOUGH = 0.5
# In scripts without spaces a word is a pair of characters: each character stands in two, and both of a pair
# have to be the articles' own.
PAIR = 0.5
ENOUGH_PAIRS = ENOUGH**2
_WORD = re.compile(WORD)
_LAST_WORD = re.compile(f"{WORD}\\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A question taken apart.

    `meaning` is what the encoder is asked: the text with its half-typed last word completed and the
    articles' own names in place of others; `synonyms` are the groups of all names in it.
    `words` are the whole words, `prefix` the last one when it may go on, `grams` the n-grams; `known` is 1
    where the articles use half of the words or more, or a quarter of the pairs of characters, near 0 for a
    question in another language than theirs.
    `told` is how much it says: the sum of its words' idf, little for "how do I", much for a product's name.
    `locale` is the one whose articles it is compared with; None: not known.
    """

    meaning: str
    words: tuple[str, ...]
    prefix: str
    grams: tuple[str, ...]
    known: float = 1.0
    told: float = 0.0
    synonyms: tuple[SynonymGroup, ...] = ()
    locale: str | None = None

    @property
    def length(self) -> float:
        """How many words there are, the half-typed one too."""
        return len(self.words) + bool(self.prefix) - PAIR * sum(map(is_unspaced, self.words))

    @property
    def empty(self) -> bool:
        """Nothing to search for: no letter and no digit."""
        return not self.words and not self.prefix


def plain(text: str) -> str:
    """As much of a text as is read, a single space between its words."""
    return " ".join(text.split())[:LONGEST]


def read_typed(
    text: str,
    vocabulary: Terms,
    phrases: Phrases = NO_PHRASES,
    synonyms: Synonyms = NO_SYNONYMS,
    locale: str | None = None,
) -> Typed:
    """Takes apart what has been typed so far, in the light of the words the articles use.

    An encoder takes a half word for another word: "how do I res" is nearer to residence than to
    reset. So the last word is completed to what the articles make likeliest there, or left out where
    nothing is likely.
    """
    text = plain(text)
    folded = fold(text)
    found = words(folded)
    last = _LAST_WORD.search(folded)
    prefix, whole = "", None
    if last and not is_unspaced(last.group()):
        prefix = last.group()
        found.remove(prefix)
        whole = phrases.likeliest(_WORD.findall(folded[: last.start()]), prefix, vocabulary)
    completed = text if whole in (None, prefix) else _LAST_WORD.sub(whole, text).strip()
    meaning, named = synonyms.put(text, locale, completed=completed)
    return Typed(
        meaning=meaning,
        words=tuple(found),
        prefix=prefix,
        grams=tuple(grams(folded, open_end=True)),
        known=_known(found, prefix, vocabulary),
        told=vocabulary.told(found, prefix) - PAIR * vocabulary.told(filter(is_unspaced, found)),
        synonyms=named,
        locale=locale,
    )


def _known(found: Sequence[str], prefix: str, vocabulary: Terms) -> float:
    """How near the words that the articles use come to enough of them, at most 1; 0 for none.

    In scripts without spaces by pairs of characters or by the usual characters, whichever says more: a few
    articles have few pairs of a question about something else, but the usual characters of its language.
    """
    pairs = [word for word in found if is_unspaced(word)]
    used = sum(vocabulary.holds(word) for word in found if not is_unspaced(word))
    used += bool(prefix and vocabulary.holds(prefix, begun=True))
    known = used / ENOUGH
    if pairs:
        signs, share = vocabulary.usual()
        usual = sum(pair[0] in signs for pair in pairs)
        told = sum(vocabulary.holds(pair) for pair in pairs)
        known += max(told / ENOUGH_PAIRS, usual / (ENOUGH * share) if share else 0)
    asked = len(found) + bool(prefix)
    return min(1.0, known / asked) if asked else 0.0
