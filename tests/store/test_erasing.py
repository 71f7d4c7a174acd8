"""What is kept of one person, or for too long, goes; everything else stays as it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select

from kb.store.gaps import read_gaps
from kb.store.learned import LearnedRow, keep_learned
from kb.store.privacy import count_person, erase_person, export_person, linked_names
from kb.store.retention import Old, count_old, delete_old
from kb.store.store import Store
from kb.store.tables import (
    events,
    gap_decisions,
    gap_questions,
    gaps,
    intent_articles,
    intent_questions,
    intents,
    learned_questions,
    metadata,
    outbox,
    person_links,
    queries,
    sessions,
    ticket_files,
    tickets,
)
from kb.store.tickets import TicketFile, TicketRow, keep_ticket
from kb.store.traces import Who
from kb.store.usage import Asked, Event, Visit, keep_asked, keep_events
from kb.usage.gaps import gap_report

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANN = Who(email="Ann@Example.com", sender="ann-sender", names=frozenset({"ann-browser", "ann-user"}))
BEN = Who(email="ben@example.com", sender="ben-sender")
FILE = TicketFile(name="a.png", content_type="image/png", content=b"\x89PNG")


def ask(store: Store, session: str, text: str, at: datetime, person: str | None = None) -> None:
    visit = Visit(session_id=session, at=at, person=person, locale="en", page="https://shop.example/")
    keep_asked(
        store,
        [
            Asked(
                query_id=f"q-{session}-{text}",
                visit=visit,
                text=text,
                snapshot_id="snap",
                answered=True,
                confidence=0.5,
                held_out=False,
                suggestions=(("refund", "en", 0.5),),
                took_ms=1,
            )
        ],
    )
    opened = Event(query_id=f"q-{session}-{text}", type="opened", at=at, slug="refund")
    keep_events(store, replace(visit, at=at), [opened])


def write(
    store: Store,
    number: int,
    who: Who,
    at: datetime,
    *,
    session: str | None = None,
    person: str | None = None,
) -> None:
    ticket = TicketRow(
        ticket_id=f"T-{number}",
        idempotency_key=None,
        created_at=at,
        email=(who.email or "").lower(),
        message=f"my card 4111 1111 1111 1111 of {who.email}",
        session_id=session,
        person=person or who.sender,
        sender=who.sender,
    )
    keep_ticket(store, ticket, [FILE])


def gap(store: Store, number: int, label: str, members: list[str], **changes: Any) -> None:
    row = {
        "gap_id": number,
        "label": label,
        "kind": "missing",
        "status": "open",
        "off_topic": False,
        "surge": False,
        "opened_at": NOON,
        "first_seen": NOON,
        "last_seen": NOON,
        "persons": 2,
        "questions": len(members),
        "score": 1.0,
        "diagnosis": {
            "title": "Refund",
            "words": ["quigley"],
            "remedy": "add quigley",
            "basis": {"questions": 2},
        },
        "replay": {"asked": 2, "answered": 0, "failing": [label, "money back"]},
    } | changes
    decided = {"gap_id": number, "status": "open", "at": NOON, "by": "eve", "note": "", "persons": 2}
    with store.writing() as connection:
        connection.execute(insert(gaps), row)
        connection.execute(insert(gap_decisions), decided)
        for member in members:
            connection.execute(
                insert(gap_questions), {"query_id": member, "gap_id": number, "model": "m", "vector": b"12"}
            )


def intent(store: Store, session: str, query: str, outcome: str = "left") -> None:
    row = {
        "intent_id": query,
        "session_id": session,
        "person": session,
        "known": True,
        "started_at": NOON,
        "ended_at": NOON,
        "traffic": "person",
        "outcome": outcome,
        "offered": True,
        "held_out": False,
        "taken_back": False,
        "day": "2026-05-01",
    }
    question = {"query_id": query, "intent_id": query, "at": NOON, "answered": True}
    article = {
        "intent_id": query,
        "slug": "refund",
        "locale": "en",
        "opened": True,
        "read": False,
        "seconds": 1,
    }
    with store.writing() as connection:
        connection.execute(insert(intents), row)
        connection.execute(insert(intent_questions), question)
        connection.execute(insert(intent_articles), article)


def size(store: Store, table: Table) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def sizes(store: Store) -> Counter[str]:
    return Counter({table.name: size(store, table) for table in metadata.sorted_tables})


def column(store: Store, table: Table, name: str) -> set[Any]:
    with store.reading() as connection:
        return set(connection.execute(select(table.c[name])).scalars())


@pytest.fixture
def two_people(store: Store) -> Store:
    """Ann asks from a browser and as a signed-in user and writes one ticket; Ben does nearly the same."""
    ask(store, "s-ann-1", "refund please", NOON, person="ann-browser")
    ask(store, "s-ann-1", "where is my money", NOON + 2 * DAY, person="ann-browser")
    ask(store, "s-ann-2", "what both of them ask", NOON, person="ann-user")
    write(store, 1, ANN, NOON + timedelta(minutes=5), session="s-ann-1", person="ann-browser")
    write(store, 2, ANN, NOON + timedelta(minutes=9), person="ann-user")
    ask(store, "s-ben", "what both of them ask", NOON, person="ben-browser")
    write(store, 3, BEN, NOON + timedelta(minutes=5), session="s-ben", person="ben-browser")
    for session, query in (
        ("s-ann-1", "q-s-ann-1-refund please"),
        ("s-ann-2", "q-s-ann-2-what both of them ask"),
        ("s-ben", "q-s-ben-what both of them ask"),
    ):
        intent(store, session, query)
    gap(store, 1, "refund please", ["q-s-ann-1-refund please", "q-s-ben-what both of them ask"])
    gap(store, 2, "where is my money", ["q-s-ann-1-where is my money"])
    for text in ("refund please", "what both of them ask"):
        row = LearnedRow(question=text, slug="refund", locale="en", source="solved", persons=2, at=NOON)
        keep_learned(store, [row])
    return store


@pytest.fixture
def three_in_a_gap(store: Store) -> Store:
    """Ann, twice, Ben and Cleo wrote tickets about one thing; the gap is named in Ann's words."""
    asked = [("ann", "refund please"), ("ann", "my refund"), ("ben", "money back"), ("cleo", "give it back")]
    for place, (name, text) in enumerate(asked):
        ask(store, f"s-{name}", text, NOON + timedelta(minutes=place))
        intent(store, f"s-{name}", f"q-s-{name}-{text}", "submitted")
    gap(store, 1, "refund please", [f"q-s-{name}-{text}" for name, text in asked], persons=3, surge=True)
    return store


def test_everything_about_a_person_goes(two_people: Store) -> None:
    erase_person(two_people, ANN)
    assert column(two_people, sessions, "session_id") == {"s-ben"}
    assert column(two_people, queries, "session_id") == {"s-ben"}
    assert column(two_people, events, "session_id") == {"s-ben"}
    assert column(two_people, intents, "session_id") == {"s-ben"}
    assert column(two_people, intent_questions, "query_id") == {"q-s-ben-what both of them ask"}
    assert size(two_people, intent_articles) == 1
    assert column(two_people, tickets, "ticket_id") == {"T-3"}
    assert column(two_people, ticket_files, "ticket_id") == {"T-3"}
    assert column(two_people, outbox, "ticket_id") == {"T-3"}
    assert column(two_people, person_links, "alias") == {"ben-browser"}


def test_a_name_that_a_ticket_only_claims_is_listed_and_not_followed(store: Store) -> None:
    """Whoever writes a ticket may say to be customer 4711."""
    eve = Who(email="eve@example.com", sender="eve-sender")
    ask(store, "s-victim", "what nobody else may read", NOON, person="4711")
    ask(store, "s-eve", "eve's own", NOON, person="4711")
    write(store, 1, eve, NOON, session="s-eve", person="4711")
    write(store, 2, eve, NOON, person="4711")
    for who in (eve, Who(session="s-eve")):
        assert [row["text"] for row in export_person(store, who)["queries"]] == ["eve's own"]
        assert [(one.name, one.sessions) for one in linked_names(store, who)] == [("4711", 1)]
    erase_person(store, eve)
    assert column(store, queries, "session_id") == {"s-victim"}
    assert size(store, tickets) == size(store, person_links) == 0


def test_the_address_of_a_ticket_leads_from_a_session_to_no_other_tickets(two_people: Store) -> None:
    """Nobody checked that it is the writer's own."""
    ask(two_people, "s-eve", "eve's own", NOON)
    write(two_people, 4, ANN, NOON, session="s-eve")
    kept = export_person(two_people, Who(session="s-eve"))
    assert [row["ticket_id"] for row in kept["tickets"]] == ["T-4"]
    assert [row["session_id"] for row in kept["sessions"]] == ["s-eve"]


def test_an_address_is_the_same_in_capitals_of_any_script(store: Store) -> None:
    for number, email in enumerate(("ÄNNA@example.com", "ben@example.com")):
        ask(store, f"s{number}", "refund", NOON, person="kiosk")
        row = TicketRow(
            ticket_id=f"T-{number}", idempotency_key=None, created_at=NOON, email=email, message="m",
            session_id=f"s{number}", person="kiosk",
        )  # fmt: skip
        keep_ticket(store, row, [])
    erase_person(store, Who(email="änna@example.com", sender="anna-sender"))
    assert column(store, tickets, "ticket_id") == {"T-1"}
    assert column(store, sessions, "session_id") == {"s1"}


def test_words_that_the_person_alone_typed_go_where_they_stand_for_others_too(two_people: Store) -> None:
    erase_person(two_people, ANN)
    assert column(two_people, learned_questions, "question") == {"what both of them ask"}
    assert column(two_people, gaps, "gap_id") == {1}, "the gap that nobody else asked about is gone"
    assert column(two_people, gaps, "label") == {""}, "what is left is one person's"
    assert column(two_people, gap_questions, "query_id") == {"q-s-ben-what both of them ask"}


def test_a_gap_that_enough_others_asked_about_counts_and_speaks_for_them(three_in_a_gap: Store) -> None:
    erase_person(three_in_a_gap, Who(session="s-ann"))
    (left,) = read_gaps(three_in_a_gap)
    assert (left.persons, left.questions, left.label) == (2, 2, "money back")
    assert left.replay["failing"] == ["money back"]
    assert left.diagnosis == {"title": "Refund"}, "words, and what would keep them from being found anew"


def test_words_of_a_gap_go_with_the_old_questions_they_are_of(three_in_a_gap: Store) -> None:
    with three_in_a_gap.writing() as connection:
        connection.execute(gaps.update().values(last_seen=NOON + DAY))
        later = intents.update().where(intents.c.session_id != "s-ann")
        connection.execute(later.values(started_at=NOON + DAY))
    ann = NOON + timedelta(minutes=1.5)
    deleted = delete_old(three_in_a_gap, Old(before=ann, tickets_before=None))
    assert deleted["queries"] == 2
    (left,) = read_gaps(three_in_a_gap)
    assert (left.label, left.replay["failing"]) == ("money back", ["money back"])
    assert left.diagnosis == {"title": "Refund"}


def test_below_the_floor_a_gap_is_shown_no_more_whoever_is_left(three_in_a_gap: Store) -> None:
    erase_person(three_in_a_gap, Who(session="s-ann"))
    erase_person(three_in_a_gap, Who(session="s-ben"))
    (left,) = read_gaps(three_in_a_gap)
    assert (left.persons, left.questions, left.label, left.surge) == (1, 1, "", False)
    assert gap_report(three_in_a_gap).gaps == ()


def test_where_single_questions_are_shown_the_one_left_is(three_in_a_gap: Store) -> None:
    erase_person(three_in_a_gap, Who(session="s-ann"), least_persons=1)
    erase_person(three_in_a_gap, Who(session="s-ben"), least_persons=1)
    (left,) = read_gaps(three_in_a_gap)
    assert (left.persons, left.label) == (1, "give it back")
    erase_person(three_in_a_gap, Who(session="s-cleo"), least_persons=1)
    assert read_gaps(three_in_a_gap) == []


def test_counts_are_never_raised(three_in_a_gap: Store) -> None:
    with three_in_a_gap.writing() as connection:
        connection.execute(gaps.update().values(persons=1, questions=1))
    erase_person(three_in_a_gap, Who(session="s-ann"))
    assert [(left.persons, left.questions) for left in read_gaps(three_in_a_gap)] == [(1, 1)]


def test_what_is_erased_is_what_was_counted_and_exported(two_people: Store) -> None:
    exported = export_person(two_people, ANN)
    counted = count_person(two_people, ANN)
    before = sizes(two_people)
    erased = erase_person(two_people, ANN)
    assert {name: len(exported[name]) for name in exported if name != "learned_questions"} == {
        name: count for name, count in counted.items() if name != "wordings"
    }
    gone = before - sizes(two_people)
    for name in (
        "sessions",
        "queries",
        "events",
        "tickets",
        "ticket_files",
        "outbox",
        "intents",
        "person_links",
    ):
        assert gone[name] == counted[name] == erased[name] > 0
    assert counted["wordings"] == erased["wordings"] == len(exported["learned_questions"]) == 3
    assert not any(count_person(two_people, ANN).values())


def test_an_export_holds_the_ticket_word_for_word_and_its_file(two_people: Store) -> None:
    kept = export_person(two_people, BEN)
    assert [one["message"] for one in kept["tickets"]] == ["my card 4111 1111 1111 1111 of ben@example.com"]
    assert [one["content"] for one in kept["ticket_files"]] == ["iVBORw=="]
    assert [one["text"] for one in kept["queries"]] == ["what both of them ask"]
    assert kept["tickets"][0]["created_at"] == "2026-05-01T12:05:00+00:00"


def test_a_shared_computer_does_not_make_one_person_of_two(store: Store) -> None:
    for number, who in enumerate((ANN, BEN)):
        ask(store, f"s{number}", "refund", NOON, person="kiosk")
        write(store, number, who, NOON, session=f"s{number}", person="kiosk")
    ask(store, "s2", "refund", NOON, person="kiosk")
    assert [(one.name, one.sessions) for one in linked_names(store, ANN)] == [("kiosk", 2)]
    erase_person(store, ANN)
    assert column(store, tickets, "ticket_id") == {"T-1"}
    assert column(store, sessions, "session_id") == {"s1", "s2"}, "the visit in which Ann wrote is Ann's"


def test_who_was_never_here_has_nothing(two_people: Store) -> None:
    before = sizes(two_people)
    for who in (Who(session="none"), Who(email="eve@example.com", sender="eve")):
        assert not any(erase_person(two_people, who).values())
    assert sizes(two_people) == before


def test_a_person_of_many_sessions_goes_whole(store: Store) -> None:
    visits = [Visit(session_id=f"s{number:04}", at=NOON, person="p") for number in range(2500)]
    asked = [
        Asked(
            query_id=visit.session_id, visit=visit, text="t", snapshot_id="s", answered=False, confidence=0,
            held_out=False, suggestions=(), took_ms=0,
        )
        for visit in visits
    ]  # fmt: skip
    keep_asked(store, asked)
    assert erase_person(store, Who(session="s0000", names=frozenset({"p"})))["queries"] == 2500
    assert size(store, sessions) == 0


def test_what_is_old_goes_and_what_is_not_stays(two_people: Store) -> None:
    ask(two_people, "s-new", "printer", NOON + 10 * DAY)
    ask(two_people, "s-ben", "still here", NOON + 10 * DAY)
    gap(two_people, 3, "printer", ["q-s-new-printer"], last_seen=NOON + 10 * DAY)
    old = Old(before=NOON + 5 * DAY, tickets_before=None)
    counted = count_old(two_people, old)
    deleted = delete_old(two_people, old, batch=2)
    assert deleted == counted
    assert column(two_people, queries, "text") == {"printer", "still here"}
    assert column(two_people, sessions, "session_id") == {"s-new", "s-ben"}
    assert column(two_people, events, "query_id") == {"q-s-new-printer", "q-s-ben-still here"}
    assert size(two_people, intents) == size(two_people, intent_questions) == 0
    assert column(two_people, gaps, "gap_id") == column(two_people, gap_decisions, "gap_id") == {3}
    assert column(two_people, gap_questions, "query_id") == {"q-s-new-printer"}
    assert size(two_people, tickets) == 3
    assert size(two_people, learned_questions) == 2
    assert not any(delete_old(two_people, old).values())


def test_old_tickets_stay_while_they_wait_for_their_delivery(two_people: Store) -> None:
    with two_people.writing() as connection:
        connection.execute(outbox.update().where(outbox.c.ticket_id == "T-1").values(state="delivered"))
    old = Old(before=None, tickets_before=NOON + DAY)
    assert count_old(two_people, old) == {"tickets": 1, "undelivered": 2}
    assert delete_old(two_people, old) == {"tickets": 1, "undelivered": 2}
    assert (
        column(two_people, tickets, "ticket_id")
        == column(two_people, ticket_files, "ticket_id")
        == {"T-2", "T-3"}
    )
    assert delete_old(two_people, replace(old, undelivered=True)) == {"tickets": 2}
    assert size(two_people, tickets) == size(two_people, ticket_files) == size(two_people, outbox) == 0


def test_links_between_names_go_with_the_last_trace_of_them(two_people: Store) -> None:
    everything = Old(before=NOON + 99 * DAY, tickets_before=NOON + 99 * DAY, undelivered=True)
    delete_old(two_people, replace(everything, tickets_before=None))
    assert size(two_people, person_links) == 3
    delete_old(two_people, everything)
    left = {name for name, count in sizes(two_people).items() if count}
    assert left == {"learned_questions"}


def test_nothing_is_deleted_where_everything_is_to_be_kept(two_people: Store) -> None:
    before = sizes(two_people)
    assert delete_old(two_people, Old(before=None, tickets_before=None)) == {}
    assert sizes(two_people) == before


def test_erased_words_are_nowhere_in_the_files_of_sqlite(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'selfhelp.sqlite3'}")
    ask(store, "s", "xyzzy plugh", NOON)
    ask(store, "t", "something else", NOON)
    erase_person(store, Who(session="s"))
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    store.close()
    assert b"something else" in left
    assert b"xyzzy" not in left
