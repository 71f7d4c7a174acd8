"""An article cut into passages: what the encoder and the word index see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.content.article import Article, Passage, Section

# Sentence encoders of this kind read 256 word pieces (all-MiniLM-L6-v2) and ignore the rest. 200 by the
# estimate below (about 140 English words, or 200 Chinese characters) leaves room for a heading in front
# and for the estimate's error.
LONGEST = 200

# A word piece, roughly: a Chinese or Japanese character, up to six letters or digits, a sign.
PIECE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]{1,6}|[^\w\s]|_")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[\u3002\uff01\uff1f\uff1b])|\n")  # 。 and wide ! ? ;


def passages_of(article: Article) -> list[Passage]:
    """The title, each question, then the body in reading order. Deterministic.

    Body passages hold whole blocks of one section, up to LONGEST; only a block longer than that is cut,
    at sentence ends where there are any. A heading without text under it is a passage by itself, so that
    its anchor can be found.
    """
    slug, locale = article.slug, article.locale
    title = Passage(slug=slug, locale=locale, kind="title", text=article.title)
    questions = [Passage(slug=slug, locale=locale, kind="question", text=text) for text in article.questions]
    body = [
        Passage(
            slug=slug, locale=locale, kind="body", text=text, heading=section.heading, anchor=section.anchor
        )
        for section in article.sections
        for text in _pieces(section)
    ]
    return [title, *questions, *body]


def size(text: str) -> int:
    """Word pieces of a text, estimated.

    >>> size("Restart Deskferry Host."), size("重新啟動")
    (6, 4)
    """
    return len(PIECE.findall(text))


def _pieces(section: Section) -> list[str]:
    blocks = [piece for block in section.blocks for piece in _cut(block)]
    return _packed(blocks, "\n") if blocks else [section.heading]


def _cut(block: str) -> list[str]:
    """A block itself, or its sentences packed up to LONGEST."""
    if size(block) <= LONGEST:
        return [block]
    sentences = [text for part in SENTENCE_END.split(block) if (text := part.strip())]
    return _packed((piece for sentence in sentences for piece in _chopped(sentence)), " ")


def _chopped(sentence: str) -> Iterator[str]:
    """A sentence itself, or, when there is no end in sight, stretches of LONGEST pieces."""
    start = 0
    for number, piece in enumerate(PIECE.finditer(sentence)):
        if number and number % LONGEST == 0:
            yield sentence[start : piece.start()].strip()
            start = piece.start()
    yield sentence[start:].strip()


def _packed(texts: Iterable[str], glue: str) -> list[str]:
    """Neighbours joined as long as they stay within LONGEST."""
    packed: list[str] = []
    room = 0
    for text in texts:
        if packed and size(text) <= room:
            packed[-1] += glue + text
        else:
            packed.append(text)
            room = LONGEST
        room -= size(text)
    return packed
