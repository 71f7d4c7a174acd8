"""From what people did to gaps in the database, with the real engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from unhelped import ask

from kb.search.engine import Engine
from kb.store.counts import count
from kb.store.gaps import DISMISSED, DRAFTING, OPEN, GapRow, decide_gap, keep_gaps, read_gap, read_gaps
from kb.store.store import Store
from kb.store.tables import gaps, intents
from kb.usage.gap_refresh import refresh_gaps
from kb.usage.gaps import gap_detail, gap_report
from kb.usage.settling import settle

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WATCH = [
    "does it work on a smart watch",
    "can I use it on my smart watch",
    "smart watch app",
    "watch support?",
]
INVOICE = ["I need an invoice with our VAT number", "invoice with VAT number please", "VAT number on invoice"]


@pytest.fixture(scope="module")
def engine(help_centre: Path) -> Engine:
    engine = Engine(help_centre, floor=0.15)
    engine.load()
    return engine


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path / 'selfhelp.sqlite3'}")
    yield store
    store.close()


def refresh(store: Store, engine: Engine, now: datetime) -> None:
    settle(store, now)
    refresh_gaps(store, engine, now)


def ask_all(store: Store, texts: list[str], at: datetime, *, who: str = "p", **changes: object) -> None:
    for number, text in enumerate(texts):
        ask(store, f"{who}{number}", text, at=at + timedelta(minutes=number), **changes)


def test_questions_alike_become_gaps_and_single_ones_are_only_counted(store: Store, engine: Engine) -> None:
    ask_all(store, [*WATCH, *INVOICE, "how many monkeys live in a tree"], NOON)
    refresh(store, engine, NOON + DAY)
    report = gap_report(store)
    found = {gap.label: gap.persons for gap in (*report.gaps, *report.off_topic)}
    assert sorted(found.values()) == [3, 4]
    assert set(found) & set(WATCH)
    assert set(found) & set(INVOICE)
    assert report.hidden_singles == 1


def test_a_gap_keeps_its_number_as_questions_join(store: Store, engine: Engine) -> None:
    ask_all(store, [*WATCH[:2], *INVOICE[:2]], NOON)
    refresh(store, engine, NOON + DAY)
    before = {gap.gap_id: set(WATCH) & {gap.label} for gap in read_gaps(store)}
    ask_all(store, [WATCH[2], WATCH[3], INVOICE[2]], NOON + DAY, who="late")
    refresh(store, engine, NOON + 2 * DAY)
    after = {gap.gap_id: set(WATCH) & {gap.label} for gap in read_gaps(store)}
    assert len(before) == 2
    assert {number: bool(label) for number, label in before.items()} == {
        number: bool(label) for number, label in after.items()
    }
    assert sorted(gap.questions for gap in read_gaps(store)) == [3, 4]


def test_nothing_new_changes_nothing_but_urgency(store: Store, engine: Engine) -> None:
    ask_all(store, WATCH, NOON)
    refresh(store, engine, NOON + DAY)
    (before,) = read_gaps(store)
    refresh(store, engine, NOON + 15 * DAY)
    (after,) = read_gaps(store)
    assert after.score == pytest.approx(before.score / 2)
    assert (after.label, after.diagnosis, after.persons) == (before.label, before.diagnosis, before.persons)


def test_far_from_every_article_is_off_topic_until_five_people_wrote_tickets(
    store: Store, engine: Engine
) -> None:
    far = ["what is the best recipe for banana cake", "recipe for banana cake", "banana cake recipe please"]
    ask_all(store, far, NOON)
    refresh(store, engine, NOON + DAY)
    report = gap_report(store)
    assert (len(report.gaps), len(report.off_topic)) == (0, 1)
    ask_all(store, ["banana cake: recipe?", "a recipe for a cake with banana"], NOON + DAY, who="late")
    refresh(store, engine, NOON + 2 * DAY)
    report = gap_report(store)
    assert (len(report.gaps), len(report.off_topic)) == (1, 0)
    assert "far from every article" in report.gaps[0].diagnosis["why"]


def test_a_dismissed_gap_stays_away_until_twice_as_many_run_into_it(store: Store, engine: Engine) -> None:
    ask_all(store, INVOICE[:2], NOON)
    refresh(store, engine, NOON + DAY)
    (gap,) = read_gaps(store)
    decide_gap(store, gap.gap_id, DISMISSED, "anna", NOON + DAY, "not ours")
    ask_all(store, [INVOICE[2]], NOON + DAY, who="late")
    refresh(store, engine, NOON + 2 * DAY)
    assert gap_report(store).gaps == ()
    ask_all(store, ["invoice with VAT"], NOON + 2 * DAY, who="later")
    refresh(store, engine, NOON + 3 * DAY)
    (gap,) = read_gaps(store)
    detail = gap_detail(store, gap.gap_id)
    assert gap.status == OPEN
    assert detail is not None
    assert [(one.status, one.by) for one in detail.decisions] == [(DISMISSED, "anna"), (OPEN, "selfhelp")]


def test_what_somebody_decides_while_a_dismissed_gap_comes_back_stands(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_all(store, WATCH[:2], NOON)
    refresh(store, engine, NOON + DAY)
    decide_gap(store, 1, DISMISSED, "anna", NOON + DAY)
    ask_all(store, WATCH[2:], NOON + DAY, who="late")

    def kept(store: Store, rows: Sequence[GapRow], members: Mapping[str, int], newest: int) -> bool:
        written = keep_gaps(store, rows, members, newest)
        decide_gap(store, 1, DRAFTING, "ben", NOON + 2 * DAY)
        return written

    monkeypatch.setattr("kb.usage.gap_refresh.keep_gaps", kept)
    refresh(store, engine, NOON + 2 * DAY)
    (gap,) = read_gaps(store)
    assert (gap.status, gap.persons) == (DRAFTING, 4)


def test_an_article_opened_before_tickets_is_named(store: Store, engine: Engine) -> None:
    slug = engine.articles("en")[0].slug
    ask_all(store, WATCH, NOON, opened=slug, suggestions=((slug, "en", 0.3),), answered=True)
    refresh(store, engine, NOON + DAY)
    (gap,) = read_gaps(store)
    assert (gap.kind, gap.diagnosis["article"]) == ("unhelpful", ["en", slug])


def test_all_that_is_known_of_a_gap(store: Store, engine: Engine) -> None:
    ask(store, "ann", WATCH[0], at=NOON)
    ask(store, "ann", WATCH[0].upper(), at=NOON + DAY)
    ask(store, "ben", WATCH[1], at=NOON + 2 * DAY, then="left")
    refresh(store, engine, NOON + 3 * DAY)
    (gap,) = read_gaps(store)
    detail = gap_detail(store, gap.gap_id)
    assert detail is not None
    assert [(how.count, how.persons) for how in detail.questions] == [(2, 1), (1, 1)]
    assert list(detail.trend.values()) == [1, 1, 1]
    assert (detail.tickets, dict(detail.locales), gap.persons) == (1, {"en": 3}, 2)
    assert detail.why
    assert detail.remedy


def test_a_gap_keeps_its_number_its_decision_and_its_people_however_long_nobody_asks(
    store: Store, engine: Engine
) -> None:
    ask_all(store, WATCH, NOON)
    ask_all(store, INVOICE, NOON)
    refresh(store, engine, NOON + DAY)
    watch, invoice = ((gap.gap_id, gap.persons) for gap in read_gaps(store))
    decide_gap(store, watch[0], DISMISSED, "anna", NOON + DAY)
    ask_all(store, WATCH[:2], NOON + 100 * DAY, who="late")
    refresh(store, engine, NOON + 101 * DAY)
    found = {gap.gap_id: (gap.status, gap.persons) for gap in read_gaps(store)}
    assert found == {watch[0]: (DISMISSED, watch[1] + 2), invoice[0]: (OPEN, invoice[1])}


def test_all_figures_of_a_gap_are_as_of_now(store: Store, engine: Engine) -> None:
    ask_all(store, WATCH, NOON)
    refresh(store, engine, NOON + DAY)
    with store.writing() as connection:
        connection.execute(gaps.update().values(persons=2, questions=2))
    detail = gap_detail(store, 1)
    assert detail
    assert (detail.gap.persons, detail.gap.questions, detail.tickets) == (4, 4, 4)


def test_a_gap_whose_questions_are_no_longer_kept_is_empty_and_neither_listed_nor_counted(
    store: Store, engine: Engine
) -> None:
    ask_all(store, WATCH, NOON)
    refresh(store, engine, NOON + DAY)
    assert count(store).gaps == {OPEN: 1}
    with store.writing() as connection:
        connection.execute(intents.delete())
    refresh(store, engine, NOON + 2 * DAY)
    found = read_gap(store, 1)
    assert found is not None
    assert (found.label, found.persons, found.score) == ("", 0, 0)
    assert gap_report(store).gaps == ()
    assert count(store).gaps == {}


def test_there_is_no_gap_where_nobody_asked(store: Store, engine: Engine) -> None:
    refresh(store, engine, NOON)
    assert gap_report(store).gaps == ()
    assert gap_detail(store, 1) is None
