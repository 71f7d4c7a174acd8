from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kb.store.notices import NewNotice, end_notice, pin_notice, read_notices
from kb.store.store import Store

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def pin(store: Store, text: str, until: datetime | None = None) -> int:
    return pin_notice(
        store, NewNotice(text=text, by="anna", from_at=NOW, until_at=until, questions=("a", "b"))
    )


def test_notices_come_back_as_they_were_pinned_the_newest_first(store: Store) -> None:
    first, second = pin(store, "first"), pin(store, "second", NOW + timedelta(hours=1))
    newest, oldest = read_notices(store)
    assert (newest.notice_id, oldest.notice_id) == (second, first)
    assert newest.questions == ("a", "b")
    assert (newest.from_at, newest.until_at) == (NOW, NOW + timedelta(hours=1))


def test_a_notice_is_active_from_its_beginning_to_its_end(store: Store) -> None:
    pin(store, "an hour", NOW + timedelta(hours=1))
    (notice,) = read_notices(store)
    minutes = (-1, 0, 59, 60)
    assert [notice.active(NOW + timedelta(minutes=one)) for one in minutes] == [False, True, True, False]


def test_one_that_is_over_is_left_out_where_only_those_that_last_are_wanted(store: Store) -> None:
    pin(store, "over", NOW + timedelta(hours=1))
    pin(store, "lasts")
    assert [one.text for one in read_notices(store, since=NOW + timedelta(hours=2))] == ["lasts"]


def test_ending_a_notice_keeps_when_it_ended_and_never_makes_it_longer(store: Store) -> None:
    open_end, over = pin(store, "open"), pin(store, "over", NOW + timedelta(hours=1))
    end_notice(store, open_end, NOW + timedelta(hours=2))
    end_notice(store, over, NOW + timedelta(hours=2))
    end_notice(store, 999, NOW)
    assert [one.until_at for one in read_notices(store)] == [
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=2),
    ]
