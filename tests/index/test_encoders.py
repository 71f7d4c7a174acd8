"""What every encoder promises, checked on each of them; then what is special about the one that serves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.errors import ModelError
from kb.index.encoder import Encoder, OnnxEncoder, load_card
from kb.index.encoding import UNIT
from kb.index.topic_encoder import TopicEncoder

TEXTS = [
    "refund to my card",
    "",
    "🙂",
    "重設密碼",
    "a long story. " * 700,
    "The screen is black",
]


@pytest.fixture(scope="module", params=["topics", "onnx"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "topics":
        return TopicEncoder()
    return OnnxEncoder(request.getfixturevalue("model"))


@pytest.fixture
def own_model(model: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the model that a test may spoil."""
    yield Path(shutil.copytree(model, tmp_path / "model"))
    shutil.rmtree(tmp_path / "model")


def test_any_text_becomes_a_row_of_length_one(encoder: Encoder) -> None:
    for made in (encoder.encode_questions(TEXTS), encoder.encode_passages(TEXTS)):
        vectors = made.vectors
        assert vectors.shape == (len(TEXTS), encoder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_become_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_questions([]).vectors.shape == (0, encoder.dimension)
    assert encoder.encode_passages([]).vectors.shape == (0, encoder.dimension)


def test_a_word_is_known_as_one_or_in_pieces(encoder: Encoder) -> None:
    words = ("screen", "Card", "scren", "")
    assert [encoder.whole(word) for word in words] == [True, True, False, False]


def test_rows_stand_in_the_order_of_their_texts(encoder: Encoder) -> None:
    forwards = encoder.encode_passages(TEXTS).vectors
    backwards = encoder.encode_passages(TEXTS[::-1]).vectors[::-1]
    assert (forwards * backwards).sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_a_text_means_the_same_in_any_company(encoder: Encoder) -> None:
    """To a hundredth: an int8 graph scales its values by the largest of a batch."""
    together = encoder.encode_questions(TEXTS).vectors
    alone = np.concatenate([encoder.encode_questions([text]).vectors for text in TEXTS])
    assert (together * alone).sum(axis=1) == pytest.approx(1, abs=0.01)


def test_a_question_is_nearest_to_the_passage_about_it(encoder: Encoder) -> None:
    passages = encoder.encode_passages(
        ["We send a refund within ten days.", "The screen stays black.", "Your card was declined."]
    )
    questions = encoder.encode_questions(["when is the refund paid", "black screen", "which card may I use"])
    assert (questions.vectors @ passages.vectors.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_every_token_has_a_vector_of_its_own(encoder: Encoder) -> None:
    """Of one length whichever the text; a word where it means the same is nearer than any other."""
    whole, part, nothing = encoder.encode_passages(["pay with my card", "card", ""]).tokens
    assert len(whole) == 4
    assert len(part) == 1
    assert len(nothing) == 0
    for tokens in (whole, part):
        assert np.linalg.norm(tokens.astype(float), axis=1) == pytest.approx(UNIT, rel=0.02)
    assert (whole.astype(int) @ part[0].astype(int)).argmax() == 3


def test_progress_counts_every_passage(encoder: Encoder) -> None:
    told: list[int] = []
    encoder.encode_passages(["text"] * 70, told.append)
    assert sum(told) == 70


def test_threads_may_share_an_encoder(encoder: Encoder) -> None:
    alone = [encoder.encode_questions([text]).vectors for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        shared = list(pool.map(lambda text: encoder.encode_questions([text]).vectors, TEXTS * 4))
    for number, vector in enumerate(shared):
        assert np.array_equal(vector, alone[number % len(TEXTS)])


def test_a_folder_without_a_card_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no exported model here; run `selfhelp index`"):
        OnnxEncoder(tmp_path)


@pytest.mark.parametrize("card", ["", "[]", "{}", '{"name": "m", "languages": 3}'])
def test_a_card_that_cannot_be_read_is_no_model(tmp_path: Path, card: str) -> None:
    (tmp_path / "model.json").write_text(card)
    with pytest.raises(ModelError, match="no exported model here"):
        load_card(tmp_path)


def test_a_prompt_is_no_part_of_the_text(own_model: Path) -> None:
    card = replace(load_card(own_model), passage_prompt="passage: ", question_prompt="question: ")
    card.save(own_model)
    encoder = OnnxEncoder(own_model)
    assert [len(one) for one in encoder.encode_passages(["pay with my card", ""]).tokens] == [4, 0]
    assert len(encoder.encode_questions(["my card"])[0].tokens) == 2


def test_a_truncated_graph_is_named(own_model: Path) -> None:
    graph = own_model / load_card(own_model).file
    graph.write_bytes(graph.read_bytes()[:1000])
    with pytest.raises(ModelError, match=graph.name):
        OnnxEncoder(own_model)


def test_a_broken_tokenizer_is_named(own_model: Path) -> None:
    (own_model / "tokenizer.json").write_text("{")
    with pytest.raises(ModelError, match="tokenizer cannot be read"):
        OnnxEncoder(own_model)
