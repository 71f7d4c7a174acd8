"""From a gap to an article that closes it, with real index runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from loop import ANSWER, LATER, NOW, WATCH, Loop, copy_of, with_gap

from kb.store.gaps import OPEN, PUBLISHED, VERIFIED, decide_gap, read_decisions, read_gaps
from kb.store.published import changed_articles

SOON = NOW + timedelta(hours=1)
HOURS = timedelta(hours=3)
FINAL = timedelta(hours=73)
"""Then no ticket can follow any more."""


@pytest.fixture(scope="module")
def begun(help_centre: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_gap(help_centre, tmp_path_factory.mktemp("loop") / "begun")


@pytest.fixture
def centre(begun: Path, data: Path, selfhelp: Callable[..., Any]) -> Loop:
    return copy_of(begun, data, selfhelp)


def decisions(centre: Loop) -> list[tuple[str, str]]:
    store = centre.open()
    found = [(one.status, one.by) for one in read_decisions(store)]
    store.close()
    return found


def pasted(title: str, questions: tuple[str, ...], body: str = "") -> str:
    return f"---\ntitle: {title}\nquestions: {json.dumps(questions)}\n---\n{body}"


def test_an_article_that_answers_closes_its_gap_once_the_next_people_write_no_tickets(centre: Loop) -> None:
    ran = centre.publish(ANSWER)
    assert "gap 1 is published" in ran.err
    gap = centre.gap()
    assert (gap.status, gap.replay["asked"]) == (PUBLISHED, gap.questions)
    assert gap.replay["answered"] >= 0.8 * gap.questions
    assert gap.replay["articles"] == [["watch", "en"]]
    assert centre.refresh(SOON) == []
    centre.ask(LATER, SOON, "left", helped=True)
    assert centre.refresh(SOON + HOURS) == []
    assert [one.status for one in centre.refresh(SOON + FINAL)] == [VERIFIED]
    assert decisions(centre) == [(PUBLISHED, "index"), (VERIFIED, "selfhelp")]
    assert (
        f"answered since: {gap.replay['answered']} of {gap.questions}"
        in centre.selfhelp("gaps", "show", "1").out
    )


def test_the_next_people_count_for_the_gap_they_ask_about_and_for_no_other(centre: Loop) -> None:
    """One article closes gaps about watches and televisions; of televisions nobody has asked since."""
    television = [text.replace("smart watch", "television").replace("watch", "television") for text in WATCH]
    centre.ask(television, NOW - timedelta(days=1))
    centre.refresh(NOW)
    both = "smart watch and television"
    centre.publish(ANSWER.replace("smart watch", both).replace("your watch", "your television"))
    store = centre.open()
    others = [gap.gap_id for gap in read_gaps(store) if gap.gap_id != 1]
    assert others
    for gap_id in others:
        decide_gap(store, gap_id, PUBLISHED, "a writer", NOW, "")
    store.close()
    centre.ask(LATER, SOON, "left", helped=True)
    changed = centre.refresh(SOON + FINAL)
    assert [(one.gap_id, one.status) for one in changed] == [(1, VERIFIED)]


def test_who_asks_after_the_article_is_one_of_the_next_people_and_not_replayed(centre: Loop) -> None:
    centre.publish(ANSWER)
    before = centre.gap()
    centre.ask(LATER[:1], SOON)
    assert centre.refresh(SOON + HOURS) == []
    gap = centre.gap()
    assert (gap.questions, gap.status) == (before.questions + 1, PUBLISHED)
    assert gap.replay["asked"] == before.questions


def test_later_questions_that_fail_reopen_a_verified_gap_and_the_same_article_does_not_close_it_again(
    centre: Loop,
) -> None:
    centre.publish(ANSWER)
    centre.ask(LATER, SOON, "left", helped=True)
    centre.refresh(SOON + FINAL)
    assert centre.gap().status == VERIFIED
    later = SOON + FINAL + HOURS
    centre.ask(["watch app does not work on my smart watch", "smart watch app"], later)
    assert [one.status for one in centre.refresh(later + HOURS)] == [OPEN]
    assert centre.refresh(later + 2 * HOURS) == []
    assert centre.gap().status == OPEN


def test_people_who_write_tickets_all_the_same_reopen_a_published_gap(centre: Loop) -> None:
    centre.publish(ANSWER)
    centre.ask(LATER, SOON, "submitted", helped=True)
    centre.refresh(SOON + HOURS)
    assert centre.gap().status == OPEN
    assert "no suggestion helped" in centre.selfhelp("gaps", "show", "1").out


def test_tickets_on_the_next_day_count_as_those_in_the_visit_do(centre: Loop) -> None:
    centre.publish(ANSWER)
    asked = centre.ask(LATER, SOON, "left", helped=True)
    centre.write(asked[:3], SOON + timedelta(days=1))
    assert centre.refresh(SOON + FINAL) == []
    centre.write(asked, SOON + timedelta(days=2))
    assert [one.status for one in centre.refresh(SOON + FINAL)] == [OPEN]


def test_who_could_still_write_when_a_gap_was_verified_counts_afterwards(centre: Loop) -> None:
    centre.publish(ANSWER)
    centre.ask(LATER, SOON, "left", helped=True)
    young = centre.ask(LATER, SOON + 2 * HOURS, "left", helped=True)
    assert [one.status for one in centre.refresh(SOON + FINAL)] == [VERIFIED]
    centre.write(young, SOON + FINAL + timedelta(hours=1))
    assert [one.status for one in centre.refresh(SOON + FINAL + HOURS)] == [OPEN]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Smart watch\n---\n",
        pasted("Smart watch", WATCH),
        pasted("Smart watch", WATCH[::2]),
        pasted("Smart watch", WATCH[::2], "Coming soon."),
        pasted("Smart watch", WATCH[::2], "\n\n".join(f"{text}?" for text in WATCH)),
        pasted(
            "Smart watch", WATCH[::2], "The harvest of apples in the valley was good and the cider sweet."
        ),
    ],
    ids=["title", "all pasted", "half pasted", "nearly nothing", "repeated", "about something else"],
)
def test_an_article_that_says_nothing_closes_no_gap(centre: Loop, text: str) -> None:
    centre.publish(text)
    store = centre.open()
    if centre.gap().status == OPEN:
        decide_gap(store, 1, PUBLISHED, "anna", NOW)
    store.close()
    centre.ask(LATER, SOON, "left", helped=True)
    centre.refresh(SOON + FINAL)
    assert centre.gap().status == PUBLISHED


def test_an_article_that_says_what_it_said_is_not_new(centre: Loop) -> None:
    file = next((centre.articles / "en").rglob("account-locked.md"))
    tagged = file.read_text(encoding="utf-8").replace("---\n", "---\nurl: https://help.example/locked\n", 1)
    assert "1 changed" in centre.publish(tagged, file.relative_to(centre.articles).as_posix()).out
    store = centre.open()
    assert len(set(changed_articles(store).values())) == 1
    store.close()
    assert centre.gap().status == OPEN
    assert centre.selfhelp("gaps", "verify").out == ""


def test_a_draft_is_begun_tried_and_published(centre: Loop) -> None:
    ran = centre.selfhelp("gaps", "draft", "1")
    file = centre.articles / ran.out.split("\n")[0].removeprefix("articles/")
    assert (file.parent, centre.gap().status) == (centre.articles / "en/drafts", "drafting")
    begun = file.read_text(encoding="utf-8")
    again = centre.selfhelp("gaps", "draft", "1")
    assert (again.status, file.read_text(encoding="utf-8")) == (2, begun)
    assert "is there already" in again.err
    assert "says nothing about them yet" in centre.selfhelp("gaps", "try", "1", file).out
    file.write_text(
        begun.replace("status: draft", "status: published") + ANSWER.split("---\n")[2], encoding="utf-8"
    )
    tried = json.loads(centre.selfhelp("gaps", "try", "1", file, "--json").out)
    assert tried["answered"] >= 0.8 * tried["asked"]
    assert not tried["empty"]
    assert (tried["asked"], tried["hidden"]) == (centre.gap().questions, 0)
    centre.publish(file.read_text(encoding="utf-8"), file.relative_to(centre.articles).as_posix())
    assert [status for status, _ in decisions(centre)] == ["drafting", PUBLISHED]
    gap = centre.gap()
    assert gap.replay["left_out"] >= 3
    assert gap.replay["asked"] + gap.replay["left_out"] == gap.questions


def test_a_draft_that_pushes_another_article_away_is_told_which(centre: Loop) -> None:
    victim = next(path for path in sorted((centre.articles / "en").rglob("*.md")) if path.name != "README.md")
    copied = centre.articles / "en" / "a-copy.md"
    copied.write_bytes(victim.read_bytes())
    taken = json.loads(centre.selfhelp("gaps", "try", "1", copied, "--json").out)["taken"]
    assert victim.stem in {slug for one in taken for slug in one["articles"]}
    assert all(one["before"] <= 3 and one["now"] != one["before"] for one in taken)


def test_a_draft_with_a_mistake_is_refused_with_its_line(centre: Loop) -> None:
    file = centre.articles / "en" / "bad.md"
    file.write_text("---\ntitle: Watch\nsuggest: perhaps\n---\n", encoding="utf-8")
    ran = centre.selfhelp("gaps", "try", "1", file)
    assert (ran.status, ran.err[:28]) == (2, "selfhelp: en/bad.md:3: `sugg")
    doubled = centre.articles / "en" / "account-locked.md"
    doubled.write_text("# Twice", encoding="utf-8")
    assert "is already the address of" in centre.selfhelp("gaps", "try", "1", doubled).err
    assert "No such file" in centre.selfhelp("gaps", "try", "1", "nowhere.md").err
