"""What is read of a title while it is being typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.beginnings import SHARES, beginnings, encode_begun
from kb.index.topic_encoder import TopicEncoder


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("Refund my card", ["Refund", "Refund my", "Refund my card"]),
        ("VPN", ["VPN", "VPN", "VPN"]),
        ("I", ["I", "I", "I"]),
        ("忘記密碼怎麼辦好", ["忘記", "忘記密碼", "忘記密碼怎麼"]),
    ],
)
def test_half_words_are_completed_where_words_are_spaced_apart(text: str, begun: list[str]) -> None:
    assert beginnings(text) == begun


@given(st.text(min_size=1))
def test_a_beginning_is_a_longer_and_longer_part_of_any_text(text: str) -> None:
    found = beginnings(text)
    assert len(found) == len(SHARES)
    assert all(text.startswith(one) and one for one in found)
    assert found == sorted(found, key=len)


def test_what_a_text_begins_like_is_the_mean_of_its_beginnings() -> None:
    """`refund`, and twice `refund screen`: one topic, and two at unit length."""
    (mean,) = encode_begun(["refund screen card"], TopicEncoder())
    two = 2**-0.5
    assert mean == pytest.approx([(1 + 2 * two) / 3, 2 * two / 3, 0], abs=1e-6)


def test_where_nothing_is_asked_nothing_is_encoded() -> None:
    assert len(encode_begun([], TopicEncoder())) == 0
