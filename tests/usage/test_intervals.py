"""Intervals against what other people computed, and lift only where there is enough to tell."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kb.usage.intervals import Submits, newcombe, resampled, wilson
from kb.usage.lift import intents_needed, lift_of, said_at_setup

COUNTS = st.tuples(st.integers(0, 400), st.integers(1, 400)).map(lambda pair: (min(pair), max(pair)))


@given(COUNTS)
def test_wilsons_interval_is_scipys(counts: tuple[int, int]) -> None:
    hits, of = counts
    expected = binomtest(hits, of).proportion_ci(method="wilson")
    made = wilson(hits, of)
    assert made
    assert (made.low, made.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="both sides"):
        newcombe(1, 2, 0, 0)
    with pytest.raises(ValueError, match="both sides"):
        resampled({Submits(0, 0, 1, 1): 5})


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    # Newcombe (1998), Table II, method 10.
    [((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((10, 10, 0, 10), 0.6075, 1.0)],
)
def test_newcombes_interval_is_the_one_he_printed(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    made = newcombe(*counts)
    assert (round(made.low, 4), round(made.high, 4)) == (low, high)


@given(COUNTS, COUNTS)
def test_a_difference_lies_in_its_interval_and_turns_round_with_its_sides(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    there, back = newcombe(*one, *other), newcombe(*other, *one)
    assert there.low <= there.value <= there.high
    assert astuple(there) == pytest.approx((-back.value, -back.high, -back.low), abs=1e-12)


def test_resampling_kinds_of_persons_is_resampling_persons() -> None:
    """Against drawing persons one by one."""
    persons = {
        Submits(2, 1, 0, 0): 150,
        Submits(1, 0, 0, 0): 200,
        Submits(0, 0, 3, 1): 400,
        Submits(0, 0, 1, 1): 300,
    }
    table = np.repeat([astuple(kind) for kind in persons], list(persons.values()), axis=0)
    rng = np.random.default_rng(1)
    drawn = np.stack([table[rng.integers(0, len(table), len(table))].sum(axis=0) for _ in range(3000)])
    low, high = np.quantile(drawn[:, 1] / drawn[:, 0] - drawn[:, 3] / drawn[:, 2], (0.025, 0.975))
    made = resampled(persons)
    assert made.value == pytest.approx(150 / 500 - 700 / 1500)
    assert (made.low, made.high) == pytest.approx((low, high), abs=0.006)


def test_people_who_come_back_widen_the_interval() -> None:
    once = {
        Submits(1, 1, 0, 0): 500,
        Submits(1, 0, 0, 0): 500,
        Submits(0, 0, 1, 1): 5000,
        Submits(0, 0, 1, 0): 5000,
    }
    often = {Submits(*(5 * part for part in astuple(kind))): count // 5 for kind, count in once.items()}
    narrow, wide = resampled(once), resampled(often)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    missing = lift_of(often).missing
    assert missing
    assert missing + 11_000 == pytest.approx(5 * intents_needed(1 / 11), rel=0.02)


def test_the_sample_size_is_the_one_that_is_promised() -> None:
    assert round(intents_needed(0.1), -2) == 8700
    assert "8,700 intents" in said_at_setup(0.1)
    assert "10%" in said_at_setup(0.1).replace(" ", "")
    assert "nothing to compare" in said_at_setup(1)


def test_too_little_data_says_how_much_more_instead_of_a_number() -> None:
    lift = lift_of(
        {Submits(1, 1, 0, 0): 50, Submits(1, 0, 0, 0): 50, Submits(0, 0, 1, 1): 450, Submits(0, 0, 1, 0): 450}
    )
    assert (lift.difference, lift.missing) == (None, intents_needed(0.1) - 1000)
    assert lift.words == "not enough data: 7,721 more intents needed"
    assert not lift.claimed


@pytest.mark.parametrize("persons", [{}, {Submits(0, 0, 1, 1): 50_000}])
def test_without_anybody_held_out_there_is_no_lift_however_much_data(persons: dict[Submits, int]) -> None:
    assert "SELFHELP_HOLDOUT" in lift_of(persons).words


def test_nobody_submitting_is_no_certainty() -> None:
    lift = lift_of({Submits(1, 0, 0, 0): 20, Submits(0, 0, 1, 0): 20})
    assert lift.difference is None
    assert lift.missing
    assert lift.missing > 1000


@pytest.mark.parametrize(("shown_sent", "claimed"), [(3600, True), (4500, False), (5000, False)])
def test_a_lift_is_claimed_only_when_all_of_its_interval_is_above_0(shown_sent: int, claimed: bool) -> None:
    lift = lift_of(
        {
            Submits(1, 1, 0, 0): 500, Submits(1, 0, 0, 0): 500,
            Submits(0, 0, 1, 1): shown_sent, Submits(0, 0, 1, 0): 9000 - shown_sent,
        }
    )  # fmt: skip
    assert lift.method == "newcombe"
    assert lift.difference
    assert lift.claimed == claimed == (lift.difference.low > 0)
