"""What is learned from practice questions, with an encoder that fits on paper."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from centre import content, write

from indexer.learn import (
    LEXICAL,
    SIGNALS,
    Example,
    count_questions,
    fit_noise,
    fit_weights,
    learn_ranking,
)
from kb.index.build_index import index_of
from kb.index.content import Content, encode
from kb.index.encoder import Encoder, Progress
from kb.index.ranking import STRANGE, Noise, Ranking, Weights
from kb.index.topic_encoder import TopicEncoder
from kb.index.words import build_terms
from kb.search.confidence import amount
from kb.search.typed import read_typed


def learned(content: Content, encoder: Encoder, progress: Progress | None = None) -> Ranking:
    vectors = encode(content, encoder, {}, None)
    return learn_ranking(content, vectors, index_of(content, vectors), encoder, progress)


TERMS = build_terms([["refund", "please"]])


def example(telling: str, strength: float = 1.0) -> Example:
    """Two candidates; one signal alone tells the right one (number 1) from the other."""
    signals = np.full((2, len(SIGNALS)), 0.5, dtype=np.float32)
    signals[1, SIGNALS.index(telling)] += strength
    return Example(
        typed=read_typed("refund please", TERMS),
        candidates=np.array([4, 7]),
        signals=signals,
        right=1,
    )


@pytest.mark.parametrize("telling", ["words", "topic", "grams"])
def test_a_signal_that_tells_right_from_wrong_gains_weight(telling: str) -> None:
    flat = Weights(**dict.fromkeys(SIGNALS, 1.0))
    found = asdict(fit_weights([example(telling)] * 500, flat))
    assert found[telling] > 2
    assert all(found[name] == pytest.approx(1, abs=0.01) for name in SIGNALS if name != telling)


def test_a_signal_that_misleads_is_left_out_but_never_turned_round() -> None:
    assert fit_weights([example("words", -1.0)] * 200).words == 0


def test_few_questions_change_little() -> None:
    flat = Weights(**dict.fromkeys(SIGNALS, 1.0))
    assert abs(fit_weights([example("words")], flat).words - 1) < 0.5


def test_noise_is_what_the_best_wrong_article_reaches() -> None:
    """All signals of the wrong one are 0.5: with weights of 1 that is half as many as there are. Where no
    word is shared those weights hold that are for this, without those of words.
    """
    flat = Weights(**dict.fromkeys(SIGNALS, 1.0))
    found = fit_noise([example("words", 9.0)] * 100_000, flat)
    typed = amount(example("words").typed)
    assert found.standing(len(SIGNALS) / 2, typed, 1) == pytest.approx(0, abs=0.1)
    strange = sum(value for name, value in asdict(STRANGE).items() if name not in LEXICAL) / 2
    assert found.standing(strange, typed, 0) == pytest.approx(0, abs=0.1)
    assert found.spread == found.strange == 0.1, "never so small that everything stands out"


def test_few_questions_change_noise_little() -> None:
    """Their wrong articles reach nothing: of ten a quarter of that is believed, of thousands all."""
    flat = Weights(**dict.fromkeys(SIGNALS, 1.0))
    nothing = replace(example("words"), signals=np.float32([[0], [1]]) * np.ones(len(SIGNALS), np.float32))
    levels = [level(fit_noise([nothing] * count, flat)) for count in (0, 1, 10, 10_000)]
    usual = level(Noise())
    assert levels == pytest.approx([usual, usual * 30 / 31, usual * 3 / 4, 0], rel=0.02, abs=0.07)


def test_translations_say_of_noise_what_one_of_them_says() -> None:
    nothing = replace(example("words"), signals=np.float32([[0], [1]]) * np.ones(len(SIGNALS), np.float32))
    flat = Weights(**dict.fromkeys(SIGNALS, 1.0))
    alone, translated = fit_noise([nothing] * 10, flat), fit_noise([nothing] * 60, flat, alike=6)
    assert level(translated) == pytest.approx(level(alone))


def test_what_another_language_reaches_is_told_from_what_unknown_words_do() -> None:
    """The wrong articles of another language reach half of what those of one do, words left aside."""
    flat = Weights(**dict.fromkeys(SIGNALS, 1.0))
    own = [example("words", 9.0)] * 100_000
    foreign = [replace(own[0], signals=own[0].signals / 2)] * 10
    alone, found = fit_noise(own, flat), fit_noise(own, flat, foreign=foreign)
    strange = sum(value for name, value in asdict(STRANGE).items() if name not in LEXICAL) / 2
    assert alone.foreign == 0
    assert found.foreign == pytest.approx(-strange / 2, rel=0.01)
    assert replace(found, foreign=0.0) == alone
    assert found.foreign / 2 < fit_noise(own[:30], flat, foreign=foreign).foreign < 0, "few change little"


def level(noise: Noise) -> float:
    """What no answer reaches, halfway between questions that are known and those that are not."""
    return noise.base + noise.typed * amount(example("words").typed) + noise.known / 2


def test_noise_follows_what_is_typed_only_where_many_questions_say_so() -> None:
    """Of what a title reaches as it is typed one article says little."""
    flat = Weights(**dict.fromkeys(SIGNALS, 1.0))
    told = [example("words"), replace(example("words"), typed=read_typed("refund", TERMS))]
    rising = [replace(one, signals=one.signals * amount(one.typed)) for one in told]
    few, many = (fit_noise(rising * count, flat).typed for count in (3, 2000))
    assert abs(few - Noise().typed) < 0.2
    assert many > 1


def test_articles_are_learned_from_within_bounds(tmp_path: Path) -> None:
    topics = ("refund", "screen", "card")
    files = {
        f"{topic}{n}.md": f"# The {topic} number {n}\n\nAbout the {topic} of house {n}.\n"
        for topic in topics
        for n in range(5)
    }
    made = content(write(tmp_path, files))
    encoder = TopicEncoder(*topics)
    told: list[int] = []
    ranking = learned(made, encoder, told.append)
    assert all(weight >= 0 for weight in asdict(ranking.weights).values())
    assert ranking.noise.spread > 0
    assert sum(told) == count_questions(made)


@pytest.mark.parametrize(
    "files",
    [
        {"a.md": "# Only a heading\n"},
        {"a.md": "---\ntitle: Refund\nsuggest: false\nquestions: [q]\n---\n\nText.\n"},
    ],
)
def test_where_there_is_nothing_to_learn_from_the_defaults_are_used(
    tmp_path: Path, files: dict[str, str]
) -> None:
    made = content(write(tmp_path, files))
    encoder = TopicEncoder()
    assert learned(made, encoder) == Ranking()


@pytest.mark.parametrize("text", ["# Refund\n\nWe pay.\n", "# 退款\n\n我們付款。\n", "# !?\n\n…\n"])
def test_one_article_alone_can_be_learned_from(tmp_path: Path, text: str) -> None:
    made = content(write(tmp_path, {"a.md": text}))
    encoder = TopicEncoder()
    ranking = learned(made, encoder)
    assert all(np.isfinite(list(asdict(ranking.weights).values())))
