from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.encoder import OnnxEncoder
from kb.index.topic_encoder import TopicEncoder
from kb.usage import grouping
from kb.usage.grouping import Grouping, group_questions
from kb.usage.likeness import Compared, asked_of

REFUND = [
    "I want my money back",
    "how do I get a refund",
    "please refund my order",
    "when will I be refunded",
]
PRINTER = ["the printer does not print", "my printer prints blank pages", "printer is not printing at all"]
LOGIN = ["I cannot log in", "login fails with my password", "signing in does not work, wrong password"]
SINGLE = ["can I bring my parrot to the office"]


@pytest.fixture(scope="module")
def encoder(model: Path) -> OnnxEncoder:
    return OnnxEncoder(model)


def parts(found: Grouping, texts: list[str]) -> set[frozenset[str]]:
    return {
        frozenset(text for text, group in zip(texts, found.groups, strict=True) if group == number)
        for number in range(len(found.central))
    }


def test_questions_that_ask_the_same_are_one_group_and_others_stay_alone(encoder: OnnxEncoder) -> None:
    texts = [*REFUND, *PRINTER, *LOGIN, *SINGLE]
    found = group_questions(asked_of(texts, encoder.encode_questions))
    assert parts(found, texts) == {frozenset(REFUND), frozenset(PRINTER), frozenset(LOGIN), frozenset(SINGLE)}


def test_groups_are_numbered_by_size_and_named_by_one_of_their_questions(encoder: OnnxEncoder) -> None:
    texts = [*SINGLE, *PRINTER, *REFUND]
    found = group_questions(asked_of(texts, encoder.encode_questions))
    assert all(texts[row] in part for row, part in zip(found.central, (REFUND, PRINTER, SINGLE), strict=True))
    assert np.bincount(found.groups).tolist() == [4, 3, 1]


def test_the_same_words_in_another_dress_are_one_question(encoder: OnnxEncoder) -> None:
    texts = ["Money back!", "money  back", "MONEY BACK", *PRINTER]
    found = group_questions(asked_of(texts, encoder.encode_questions))
    assert len(set(found.groups[:3].tolist())) == 1


def test_no_question_one_question_and_all_the_same(encoder: OnnxEncoder) -> None:
    assert group_questions(asked_of([], encoder.encode_questions)).central == ()
    assert group_questions(asked_of(["hello"], encoder.encode_questions)).groups.tolist() == [0]
    same = group_questions(asked_of(["hello"] * 50, encoder.encode_questions))
    assert (set(same.groups.tolist()), same.central) == ({0}, (0,))
    assert group_questions(asked_of(["?", "!", ""], encoder.encode_questions)).groups.shape == (3,)


def test_one_topic_alone_is_one_group(encoder: OnnxEncoder) -> None:
    """What all questions share must not be taken out when it is all there is."""
    assert len(group_questions(asked_of(REFUND[:3], encoder.encode_questions)).central) == 1


def test_more_questions_than_fit_into_memory_are_grouped_in_parts(
    encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "BLOCK", 20)
    ends = ["now", "today", "please", "again", "soon", "at once", "for good", "in May", "in June", "tonight"]
    ends += [f"this {end}" for end in ends]
    kinds = [
        f"{text} {end}" for text in ("I want my money back", "the printer does not print") for end in ends
    ]
    found = group_questions(asked_of(kinds, encoder.encode_questions))
    first, second = found.groups[:20].tolist(), found.groups[20:].tolist()
    assert not set(first) & set(second)
    assert len(set(first)) <= 2
    assert len(set(second)) <= 2


@pytest.mark.parametrize("count", [6, 30])
def test_the_same_question_in_two_languages_is_one_group(count: int) -> None:
    """An encoder puts each language in a place of its own, as far apart as the topics in it."""
    rng = np.random.default_rng(1)
    axes = np.eye(32, dtype=np.float32)
    topics, places = axes[:2], {"en": axes[2], "de": axes[3]}
    rows = [(topic, locale) for topic in (0, 1) for locale in places for _ in range(count)]
    vectors = np.array([topics[topic] + places[locale] for topic, locale in rows])
    vectors += rng.normal(scale=0.05, size=vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    asked = Compared(
        texts=[f"{locale}{topic}{number}" for number, (topic, locale) in enumerate(rows)],
        vectors=vectors.astype(np.float32),
        locales=[locale for _, locale in rows],
        usual=np.zeros(32, dtype=np.float32),
    )
    found = group_questions(asked).groups
    assert [int(group) for group in found] == [topic for topic, _ in rows]


@given(st.lists(st.text("refund screen card ", max_size=20), max_size=12))
def test_every_question_has_a_group_and_every_group_a_question_of_its_own(texts: list[str]) -> None:
    found = group_questions(asked_of(texts, TopicEncoder().encode_questions))
    sizes = np.bincount(found.groups, minlength=len(found.central)).tolist()
    assert sizes == sorted(sizes, reverse=True)
    assert all(sizes)
    assert [int(found.groups[row]) for row in found.central] == list(range(len(sizes)))
