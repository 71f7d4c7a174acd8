"""What matters in a long text, such as an e-mail pasted into the form: its sentences nearest to an article.

An e-mail greets, tells a story and takes its leave; a single vector of all that lies between everything.
On questions wrapped in an e-mail of 12 to 18 other sentences this raised success@3 from 91 to 99 (stackfaq)
and from 78 to 81 (banking); the questions alone come to 100 and 84. Choosing sentences by the weight of their
words instead found a third of them: names and places are rare words, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kb.index.encoder import QuestionEncoder
from kb.index.index import Index
from kb.index.text import units

# Words (characters, where there are no spaces) from which on a text is long: more than people type before
# they have said what they want.
LONG = 40
# Sentences kept: what is wrong, and with what. One loses where two say it together, more blur it again.
KEPT = 2
# Each costs about a millisecond; in longer texts neighbours go together.
MOST = 24
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[。！？])")
# What mail programs put in front of lines of the mail that is answered, and before a signature (RFC 3676).
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)
_SIGNATURE = re.compile(r"^-- ?$.*", re.MULTILINE | re.DOTALL)


def sentences(text: str) -> list[str]:
    """At most MOST stretches of a long text; none when it is short or cannot be taken apart.

    >>> sentences("Black screen after login. Help!")
    []
    """
    if len(text) <= LONG or len(units(text)) <= LONG:
        return []
    own = _QUOTED.sub("", _SIGNATURE.sub("", text))
    found = [part.strip() for part in _SENTENCE.split(own) if units(part)]
    if len(found) <= KEPT:
        return []
    size = -(-len(found) // MOST)
    return [" ".join(found[start : start + size]) for start in range(0, len(found), size)]


def gist(text: str, encoder: QuestionEncoder, index: Index) -> str:
    """The KEPT sentences of a long text that are nearest to any passage, in their order; else the text."""
    found = sentences(text)
    count = len(index.named)
    if not found or not count:
        return text
    vectors = encoder.encode_questions(found).vectors
    nearest = [index.vectors.nearest(one, 1)[1][0] for one in vectors]
    kept = sorted(np.argsort(np.negative(nearest), kind="stable")[:KEPT].tolist())
    return _joined(found, kept)


def _joined(found: Sequence[str], kept: Sequence[int]) -> str:
    """Only the last sentence of a text may end in a half-typed word."""
    text = " ".join(found[place] for place in kept)
    return text if kept[-1] == len(found) - 1 else f"{text} ."
