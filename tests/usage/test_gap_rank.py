from __future__ import annotations

from datetime import timedelta

from unhelped import NOON, row

from kb.usage.gap_rank import HALF_LIFE, surging, urgency

MONTH_AGO = NOON - timedelta(days=30)


def test_people_count_once_by_when_they_last_asked() -> None:
    asked = [row("ann", at=NOON - 3 * HALF_LIFE), row("ann", at=NOON), row("ben", at=NOON - HALF_LIFE)]
    assert urgency(asked, NOON) == 1.5


def test_what_is_asked_steadily_outranks_a_burst_of_long_ago() -> None:
    steady = [row(f"p{n}", at=NOON - timedelta(days=2 * n)) for n in range(15)]
    burst = [row(f"p{n}", at=NOON - timedelta(days=29)) for n in range(15)]
    assert urgency(steady, NOON) > 2 * urgency(burst, NOON)


def test_many_people_at_once_where_few_came_is_a_surge() -> None:
    usual = [row(f"u{n}", at=NOON - timedelta(days=n)) for n in range(1, 20)]
    now = [row(f"p{n}", at=NOON - timedelta(minutes=40 + n)) for n in range(8)]
    assert surging([*usual, *now], NOON, MONTH_AGO)
    assert not surging(usual, NOON, MONTH_AGO)


def test_the_same_number_is_no_surge_where_it_is_usual() -> None:
    usual = [row(f"u{n}", at=NOON - timedelta(minutes=10 * n)) for n in range(1, 4000)]
    assert not surging(usual, NOON, MONTH_AGO)


def test_one_person_asking_again_and_again_is_no_surge() -> None:
    assert not surging([row("ann", at=NOON - timedelta(minutes=n)) for n in range(30)], NOON, MONTH_AGO)


def test_people_who_came_at_once_are_not_what_is_usual() -> None:
    now = [row(f"p{n}", at=NOON - timedelta(minutes=n)) for n in range(6)]
    assert surging(now, NOON, NOON - timedelta(hours=12))


def test_the_first_hour_of_counting_is_no_surge() -> None:
    now = [row(f"p{n}", at=NOON - timedelta(minutes=n)) for n in range(6)]
    assert not surging(now, NOON, NOON - timedelta(hours=1))
