from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.index.encoding import Encodings
from kb.search.remembered import Remembered


class Counting:
    """Gives a text its length, and keeps what it was asked."""

    dimension = 1

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode_questions(self, texts: Sequence[str]) -> Encodings:
        self.asked.append(list(texts))
        vectors = np.array([[len(text)] for text in texts], dtype=np.float32)
        return Encodings(vectors, [np.zeros((0, 0), np.int8)] * len(texts))

    def encode_passages(self, texts: Sequence[str], progress: object = None) -> Encodings:
        return self.encode_questions(texts)

    def whole(self, word: str) -> bool:
        return word == "known"


def test_a_question_asked_again_is_not_encoded_again_and_the_oldest_is_forgotten() -> None:
    encoder = Counting()
    remembered = Remembered(encoder, most=2)
    said = [remembered.encode_questions([text]).vectors[0, 0] for text in ("a", "bb", "a", "ccc", "a", "bb")]
    assert said == [1, 2, 1, 3, 1, 2]
    assert encoder.asked == [["a"], ["bb"], ["ccc"], ["bb"]]
    assert (remembered.hits, remembered.misses) == (2, 4)
    assert remembered.encode_questions(["\ud800"]).vectors[0, 0] == 1, "half a character, as JSON can hold"


def test_words_are_known_to_the_encoder_that_is_remembered() -> None:
    assert [Remembered(Counting()).whole(word) for word in ("known", "knwon")] == [True, False]


def test_several_at_once_are_encoded_and_not_kept() -> None:
    encoder = Counting()
    remembered = Remembered(encoder)
    assert remembered.encode_questions(["a", "bb"]).vectors.tolist() == [[1], [2]]
    remembered.encode_questions(["a"])
    assert encoder.asked == [["a", "bb"], ["a"]]
