from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from kb.usage.gap_changes import APART_PERSONS, ENOUGH, Changes, Member, changes


def members(*questions: tuple[int, int | None]) -> list[Member]:
    """(group, gap so far), each asked by somebody else."""
    return [
        Member(query_id=f"q{n}", person=f"p{n}", group=group, gap=gap)
        for n, (group, gap) in enumerate(questions)
    ]


def gaps(found: Changes, questions: list[Member]) -> list[int | None]:
    return [found.members.get(one.query_id) for one in questions]


def test_a_group_two_people_asked_becomes_a_gap_and_a_single_question_none() -> None:
    asked = members((0, None), (0, None), (1, None))
    assert gaps(changes(asked, 7, 2), asked) == [7, 7, None]


def test_the_same_person_asking_twice_makes_no_gap() -> None:
    asked = [Member(query_id=f"q{n}", person="ann", group=0, gap=None) for n in range(3)]
    assert changes(asked, 1, 2).members == {}


def test_larger_groups_get_the_lower_numbers() -> None:
    asked = members((0, None), (0, None), (1, None), (1, None), (1, None))
    assert gaps(changes(asked, 1, 2), asked) == [2, 2, 1, 1, 1]


def test_a_new_question_joins_the_gap_that_lives_in_its_group() -> None:
    asked = members((5, 3), (5, 3), (5, None))
    assert gaps(changes(asked, 4, 2), asked) == [3, 3, 3]


def test_a_stray_question_does_not_draw_a_group_into_its_gap() -> None:
    asked = members((0, 1), (0, 1), (0, 1), (9, 1), (9, None), (9, None))
    assert gaps(changes(asked, 2, 2), asked) == [1, 1, 1, 1, 2, 2]


def test_one_new_question_beside_a_stray_joins_its_gap_rather_than_none() -> None:
    asked = members((0, 1), (0, 1), (9, 1), (9, None))
    assert gaps(changes(asked, 2, 2), asked) == [1, 1, 1, 1]


def test_gaps_that_come_to_lie_in_one_group_are_one_under_the_lower_number() -> None:
    asked = members((0, 2), (0, 2), (0, 1), (0, 1), (0, None))
    found = changes(asked, 3, 2)
    assert found.merged == {2: 1}
    assert gaps(found, asked) == [1, 1, 1, 1, 1]


def test_a_gap_somebody_decided_about_is_not_merged() -> None:
    asked = members((0, 2), (0, 2), (0, 1), (0, 1))
    found = changes(asked, 3, 2, fixed={2})
    assert found.merged == {}
    assert gaps(found, asked) == [2, 2, 1, 1]


def test_a_large_part_of_a_gap_that_stands_apart_becomes_a_gap_of_its_own() -> None:
    apart = [(9, 1)] * APART_PERSONS
    asked = members(*[(0, 1)] * 8, *apart)
    assert gaps(changes(asked, 2, 2), asked) == [1] * 8 + [2] * APART_PERSONS
    assert gaps(changes(asked, 2, 2, fixed={1}), asked) == [1] * len(asked)


def test_a_small_part_stays_unless_enough_people_ask_it() -> None:
    few = members(*[(0, 1)] * 5 * ENOUGH, *[(9, 1)] * (ENOUGH - 1))
    assert gaps(changes(few, 2, 2), few) == [1] * len(few)
    many = members(*[(0, 1)] * 5 * ENOUGH, *[(9, 1)] * ENOUGH)
    assert gaps(changes(many, 2, 2), many) == [1] * 5 * ENOUGH + [2] * ENOUGH


QUESTIONS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([None, None, 1, 2, 3]), st.integers(0, 8)), max_size=40
)


@given(QUESTIONS)
def test_adding_questions_never_renumbers(drawn: list[tuple[int, int | None, int]]) -> None:
    """Each gap but those merged keeps most of its questions, and nothing gets a number that was taken."""
    asked = [
        Member(query_id=f"q{n}", person=f"p{person}", group=group, gap=gap)
        for n, (group, gap, person) in enumerate(drawn)
    ]
    found = changes(asked, 4, 2)
    assert all(into < gap for gap, into in found.merged.items())
    kept: dict[int, Counter[int]] = defaultdict(Counter)
    for one in asked:
        if one.gap is not None:
            kept[found.merged.get(one.gap, one.gap)][found.members[one.query_id]] += 1
    for gap, now in kept.items():
        assert now[gap] == max(now.values())
        assert set(now) <= {gap, *range(4, 40)}


@given(QUESTIONS)
def test_what_was_found_stands_when_nothing_new_is_asked(drawn: list[tuple[int, int | None, int]]) -> None:
    first = [
        Member(query_id=f"q{n}", person=f"p{person}", group=group, gap=None)
        for n, (group, _, person) in enumerate(drawn)
    ]
    found = changes(first, 1, 2)
    again = [
        Member(query_id=m.query_id, person=m.person, group=m.group, gap=found.members.get(m.query_id))
        for m in first
    ]
    assert changes(again, 100, 2) == Changes(members=found.members, merged={})
