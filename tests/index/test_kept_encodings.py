"""What a snapshot keeps of its passages' encodings, and what is not encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from centre import content, write

from kb.index.beginnings import beginnings
from kb.index.content import Content, KeptEncodings, begun_of, encode
from kb.index.encoding import Encoding, Encodings
from kb.index.late import TokenVectors
from kb.index.topic_encoder import TopicEncoder

LOCALES = ("de", "en", "es", "fr", "it", "ja")
# The question of the second article is the text of the first.
ARTICLES = {
    "refund.md": "# Refund money\n\nScreen and card.\n",
    "screen.md": "---\ntitle: Dark screen\nquestions: [Screen and card.]\n---\n\nTurn it on.\n",
}


class Counting(TopicEncoder):
    """Says what it was asked to encode as questions: beginnings are."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode_questions(self, texts: Sequence[str]) -> Encodings:
        self.asked += texts
        return super().encode_questions(texts)

    def encode_passages(self, texts: Sequence[str], progress: object = None) -> Encodings:
        return super().encode_questions(texts)


def kept(made: Content, encoded: dict[str, Encoding]) -> dict[str, Encoding]:
    """As they come back from a snapshot."""
    flat = made.flat
    stored = KeptEncodings(
        vectors=np.stack([encoded[one.digest].vector for one in flat]),
        tokens=TokenVectors.of([encoded[one.digest].tokens for one in flat], np.arange(len(flat))),
        named=np.array([one.named for one in flat]),
        begun=begun_of(made, encoded),
    )
    return stored.by_digest(one.digest for one in flat)


def test_what_was_encoded_is_not_encoded_again(tmp_path: Path) -> None:
    """But for what stands beside few articles, which no snapshot keeps."""
    made = content(write(tmp_path, ARTICLES))
    encoder = Counting()
    encoded = encode(made, encoder, {}, None)
    assert "Refund" in encoder.asked
    again = kept(made, encoded)
    encoder.asked.clear()
    same = encode(made, encoder, again, None)
    texts = [one.text for one in made.beside]
    assert set(encoder.asked) == {begun for text in texts for begun in beginnings(text)}
    for digest, one in encoded.items():
        assert np.array_equal(same[digest].vector, one.vector)
        assert np.array_equal(same[digest].tokens, one.tokens)
        assert (one.begun is None) == (same[digest].begun is None)
        assert one.begun is None or np.array_equal(same[digest].begun, one.begun)


def test_a_text_that_becomes_a_question_is_begun_then(tmp_path: Path) -> None:
    made = content(write(tmp_path, ARTICLES))
    encoder = Counting()
    encoded = encode(made, encoder, {}, None)
    question = next(one for one in made.flat if one.kind == "question")
    known = encoded | {question.digest: replace(encoded[question.digest], begun=None)}
    encoder.asked.clear()
    assert encode(made, encoder, known, None)[question.digest].begun is not None
    assert {"Screen", "Screen and", "Screen and card"} <= set(encoder.asked)
    assert "Refund" not in encoder.asked


@pytest.mark.parametrize(("articles", "locales", "expected"), [(1, 1, 9), (1, 6, 9), (9, 2, 1), (10, 1, 0)])
def test_beside_few_articles_stand_unrelated_texts(
    tmp_path: Path, articles: int, locales: int, expected: int
) -> None:
    """However many languages they are in."""
    names = [f"{locale}/{number}.md" for locale in LOCALES[:locales] for number in range(articles)]
    made = content(write(tmp_path, dict.fromkeys(names, "# Refund\n\nWe pay.\n")))
    assert len(made.beside) == expected
    assert {one.digest for one in made.beside} <= encode(made, TopicEncoder(), {}, None).keys()
