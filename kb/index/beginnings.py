"""How a title or a question looks to the encoder while it is being typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kb.index.encoded import Encoded
from kb.index.encoder import Encoder
from kb.index.text import UNSPACED

Floats = npt.NDArray[np.float32]

# How much of it has been typed. With two beginnings or four the typing score is the same, but for 0.1 points.
SHARES = (0.25, 0.5, 0.75)
# Where words are not spaced apart, any place is the end of one.
_REST_OF_WORD = re.compile(f"(?:(?![{UNSPACED}])[^\\W_])*")


def beginnings(text: str) -> list[str]:
    """The text as far as SHARES, each to the end of its word: half words are completed before they are asked.

    >>> beginnings("How do I reset my password?")
    ['How do', 'How do I reset', 'How do I reset my password']
    """
    cuts = [max(1, int(len(text) * share)) for share in SHARES]
    return [text[:cut] + _REST_OF_WORD.findall(text, cut)[0] for cut in cuts]


def encode_begun(texts: Sequence[str], encoder: Encoder) -> Floats:
    """The mean of the vectors of each text's beginnings, shape (texts, dimension)."""
    vectors = Encoded(encoder).vectors([begun for text in texts for begun in beginnings(text)])
    means: Floats = vectors.reshape(len(texts), len(SHARES), encoder.dimension).mean(axis=1)
    return means
