"""The gate, worked out on paper: which questions lost their article, and whether that is too many."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from centre import content, write

from indexer.gate import Gate, index_ranks, judge, ranks_of
from indexer.gating import Candidate
from indexer.golden import MOST, Golden, GoldenEncoder, chosen, shelf_of, written_questions
from kb.errors import QuestionsError
from kb.index.build_index import index_of
from kb.index.content import Content, encode
from kb.index.counting import NONE, count
from kb.index.ranking import Weights
from kb.index.topic_encoder import TopicEncoder

REFUND = {
    "refund.md": "---\ntitle: Refund\nquestions: [My money back!]\naliases: [old-refund]\n---\n\nWe pay.\n"
}
OTHERS = {f"card{n}.md": f"# Card number {n}\n\nIt is plastic.\n" for n in range(10)}


class Counting(TopicEncoder):
    asked = 0

    def encode_questions(self, texts):  # type: ignore[no-untyped-def]
        self.asked += len(texts)
        return super().encode_questions(texts)


def golden(text: str, *slugs: str, source: str = "questions.jsonl") -> Golden:
    return Golden(text=text, slugs=frozenset(slugs), locale=None, source=source)


def candidate(made: Content) -> Candidate:
    encoded = encode(made, TopicEncoder(), {}, None)
    counted = count(made, NONE, made.bounds)
    return Candidate(
        content=made, encoded=encoded, counted=counted, index=index_of(made, encoded, counted),
        weights=Weights(),
    )  # fmt: skip


def ranks(made: Content, *asked: Golden) -> list[int | None]:
    new = candidate(made)
    found = ranks_of(asked, made, new.indexed, new.weights, GoldenEncoder(TopicEncoder(), "topics", {}))
    return [found[one.key] for one in asked]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", {**REFUND, **OTHERS})


def test_a_question_finds_its_article_by_its_slug_or_an_old_one(articles: Path) -> None:
    made = content(articles)
    assert ranks(made, golden("refund please", "refund"), golden("refund please", "old-refund")) == [1, 1]


def test_a_question_that_became_a_passage_is_asked_without_it(articles: Path) -> None:
    """Nothing but that passage has the words: with it the article would be first."""
    made = content(articles)
    asked = golden("my MONEY back", "refund")
    assert shelf_of(made).became(asked)
    assert candidate(made).indexed(made).words.coverage(["money"]).max() > 0
    (rank,) = ranks(made, asked)
    assert rank != 1
    other = golden("my money back", "card1")
    assert not shelf_of(made).became(other)


def test_the_passages_of_other_questions_stay(articles: Path) -> None:
    made = content(articles)
    shelf = shelf_of(made)
    assert [shelf.became(golden(text, "refund")) for text in ("My money back", "Refund", "money")] == [
        True, False, False,
    ]  # fmt: skip


def asked(before: list[int | None], now: list[int | None], points: float = 2) -> Gate:
    questions = [golden(f"question {n}", "a") for n in range(len(now))]
    keys = [one.key for one in questions]
    return judge(questions, dict(zip(keys, now, strict=True)), dict(zip(keys, before, strict=False)), points)


@pytest.mark.parametrize(
    ("lost", "points", "opened"), [(0, 0, True), (1, 0, False), (2, 2, True), (3, 2, False), (3, 3, True)]
)
def test_it_closes_when_more_points_are_lost_than_may_be(lost: int, points: float, opened: bool) -> None:
    """Of a hundred questions, each is a point."""
    gate = asked([1] * 100, [None] * lost + [3] * (100 - lost), points)
    assert (gate.open, len(gate.losing)) == (opened, lost)


def test_what_is_won_makes_up_for_what_is_lost(articles: Path) -> None:
    gate = asked([1, 4, None], [4, 1, None], 0)
    assert (gate.open, len(gate.losing), len(gate.winning)) == (True, 1, 1)
    assert (gate.before, gate.now) == (pytest.approx(100 / 3), pytest.approx(100 / 3))


def test_a_new_question_is_not_compared() -> None:
    gate = asked([1], [1, None], 0)
    assert (gate.open, len(gate.asked), len(gate.compared)) == (True, 2, 1)


def test_without_questions_it_is_open() -> None:
    gate = asked([], [])
    assert (gate.open, gate.before, gate.now) == (True, None, None)


@pytest.mark.parametrize(("orphaned", "opened"), [(1, True), (2, False)])
def test_articles_taken_out_are_no_loss_unless_they_are_many(orphaned: int, opened: bool) -> None:
    """Ten questions: one may lose its article, two look like the wrong folder."""
    questions = [golden(f"question {n}", "a") for n in range(10)]
    now = {one.key: 1 for one in questions[orphaned:]}
    gate = judge(questions, now, {one.key: 1 for one in questions}, 2)
    assert (gate.open, len(gate.orphaned), gate.losing) == (opened, orphaned, [])


def test_written_questions_are_those_that_an_article_answers(articles: Path) -> None:
    lines = ['{"question": "money back", "articles": ["refund"]}', '{"question": "weather", "articles": []}']
    write(articles, {"questions.jsonl": "\n".join(lines)})
    assert [one.text for one in written_questions(articles)] == ["money back"]
    write(articles, {"questions.jsonl": "{"})
    with pytest.raises(QuestionsError, match=re.escape("questions.jsonl:1: not valid JSON")):
        written_questions(articles)


def test_no_question_counts_twice_and_no_more_than_most() -> None:
    many = [golden(f"question {n % 600}", "a") for n in range(1200)]
    assert [one.text for one in chosen(many)] == [f"question {n}" for n in range(MOST)]


def test_a_question_is_encoded_once_and_kept() -> None:
    encoder = Counting()
    first = GoldenEncoder(encoder, "topics", {})
    first.of(["refund", "card", "refund"])
    second = GoldenEncoder(encoder, "topics", first.used)
    second.of(["card", "screen"])
    assert encoder.asked == 3
    assert len(second.used) == 2


def test_sentences_of_a_long_question_are_encoded_once_and_kept(tmp_path: Path) -> None:
    made = content(write(tmp_path, {"a.md": "# A refund\n\nWe pay.\n", "b.md": "# A card\n\nIt pays.\n"}))
    encoded = encode(made, TopicEncoder(), {}, None)
    story = "On Monday my brother came by, whom I had not seen for years, and we drove to the sea. "
    asked = [golden(f"{story * 3}I want a refund. Thank you.", "a")]
    encoder = Counting()
    first = GoldenEncoder(encoder, "topics", {})
    ranks = index_ranks(asked, index_of(made, encoded), shelf_of(made), Weights(), first)
    before = encoder.asked
    assert before > len(asked)
    second = GoldenEncoder(encoder, "topics", first.used)
    assert index_ranks(asked, index_of(made, encoded), shelf_of(made), Weights(), second) == ranks
    assert encoder.asked == before
