from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import EventRejected
from kb.store.usage import Event
from kb.usage.events import believable, page_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://shop.example/help?order=7&mail=a@b.example#x", "https://shop.example/help"),
        ("https://ann:secret@shop.example:8443/a", "https://shop.example:8443/a"),
        (
            "https://shop.example/reset/ann@example.com/12345678",
            "https://shop.example/reset/[email]/[number]",
        ),
        ("javascript:alert(1)", None),
        ("https://[broken", None),
        ("https://shop.example:port/", None),
        ("", None),
        (None, None),
    ],
)
def test_a_page_is_kept_without_what_may_name_a_customer(url: str | None, page: str | None) -> None:
    assert page_of(url) == page


def test_a_page_of_any_length_is_cut_between_characters() -> None:
    assert page_of("https://shop.example/" + 900 * "退") == "https://shop.example/" + 326 * "退"


@given(st.text())
def test_any_page_address_is_taken_without_an_error(url: str) -> None:
    page_of(url)
    page_of(f"https://{url}")


def test_an_event_about_an_article_names_it() -> None:
    with pytest.raises(EventRejected, match="slug"):
        believable(Event(query_id="q", type="opened", at=NOON), received=NOON)


def test_an_event_of_an_earlier_visit_is_believed_one_of_next_week_is_not() -> None:
    earlier = Event(query_id="q", type="left", at=NOON - timedelta(days=60))
    assert believable(earlier, received=NOON) is earlier
    with pytest.raises(EventRejected, match="future"):
        believable(Event(query_id="q", type="left", at=NOON + timedelta(days=7)), received=NOON)
