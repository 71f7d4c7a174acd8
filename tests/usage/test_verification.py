"""What a gap's replay and the next people who ask make of its status."""

from __future__ import annotations

import pytest

from kb.store.gaps import DRAFTING, OPEN, PUBLISHED, VERIFIED
from kb.usage.replay import Found, Wording
from kb.usage.twins import words_of
from kb.usage.verification import Replay, Since, replayed, verdict

AGE = ("en", "age-limit")
OLD = ("en", "opening-an-account")


def of(answered: int, asked: int, left_out: int = 0) -> Replay:
    return Replay(asked=asked, answered=answered, left_out=left_out)


def found(*articles: tuple[str, str], confidence: float = 0.5) -> list[Found]:
    return [Found(article=article, confidence=confidence) for article in articles]


@pytest.mark.parametrize(
    ("status", "replay", "since", "becomes"),
    [
        (OPEN, of(2, 2), Since(), None),
        (OPEN, of(4, 10), Since(), None),
        (OPEN, of(5, 10), Since(), PUBLISHED),
        (DRAFTING, of(0, 10), Since(), None),
        (DRAFTING, of(1, 10), Since(), PUBLISHED),
        (DRAFTING, of(0, 0, left_out=4), Since(), PUBLISHED),
        (DRAFTING, of(0, 3, left_out=4), Since(), None),
        (DRAFTING, of(0, 0), Since(), None),
        (PUBLISHED, of(8, 10), Since(asked=50, final=4), None),
        (PUBLISHED, of(8, 10), Since(asked=5, final=5, sent=1), VERIFIED),
        (PUBLISHED, of(8, 10), Since(asked=5, final=5, sent=2), None),
        (PUBLISHED, of(7, 10), Since(asked=50, final=50), None),
        (PUBLISHED, of(0, 0, left_out=10), Since(asked=50, final=50), None),
        (PUBLISHED, of(8, 10), Since(asked=10, final=10, sent=2, failed=2), VERIFIED),
        (PUBLISHED, of(8, 10), Since(asked=10, final=9, sent=2, failed=2), None),
        (PUBLISHED, of(8, 10), Since(asked=5, final=5, sent=2, failed=2), None),
        (PUBLISHED, of(8, 10), Since(asked=5, failed=3), None),
        (PUBLISHED, of(8, 10), Since(asked=6, failed=4), OPEN),
        (VERIFIED, of(8, 10), Since(asked=100, failed=25), None),
        (VERIFIED, of(8, 10), Since(asked=100, failed=28), OPEN),
        (PUBLISHED, of(8, 10), Since(asked=1, failed=1), None),
        (VERIFIED, of(8, 10), Since(), None),
        (VERIFIED, of(8, 10), Since(asked=2, failed=2), OPEN),
        (VERIFIED, of(7, 10), Since(), PUBLISHED),
        (VERIFIED, of(0, 10), Since(), OPEN),
    ],
)
def test_a_status_follows_from_the_replay_and_from_who_asked_since(
    status: str, replay: Replay, since: Since, becomes: str | None
) -> None:
    what = verdict(status, replay, since)
    assert (what.status if what else None) == becomes
    assert what is None or what.note


def test_only_articles_that_count_answer_and_only_above_the_floor() -> None:
    asked = [
        Wording(text=text, locale="en", count=2) for text in ("one thing", "two things", "three thoughts")
    ]
    three = [found(OLD, AGE), found(OLD), found(AGE, confidence=0.1)]
    replay = replayed(asked, three, {AGE: []}, 0.15)
    assert (replay.asked, replay.answered, replay.left_out) == (6, 2, 0)
    assert replay.failing == ("two things", "three thoughts")
    assert replay.articles == (AGE,)


def test_questions_that_became_passages_are_left_out_however_they_are_written() -> None:
    texts = ("How old must I be?", "how old must I be", "minimum age for an account please")
    asked = [Wording(text=text, locale="en") for text in texts]
    replay = replayed(asked, [found(AGE)] * 3, {AGE: [words_of("How OLD must i be!")]}, 0.15)
    assert (replay.asked, replay.answered, replay.left_out) == (1, 1, 2)


def test_a_replay_is_kept_and_read_as_it_was() -> None:
    replay = Replay(asked=5, answered=4, left_out=1, failing=("why",), articles=(AGE,))
    assert replay.as_json()["articles"] == [["age-limit", "en"]]
    assert Replay.from_json(replay.as_json()) == replay
    assert Replay.from_json({}) == Replay()
