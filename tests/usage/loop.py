"""A help centre of one's own with a gap in it: what tests of the writer's loop begin with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from unhelped import ask

from kb.search.engine import Engine
from kb.search.query import Query
from kb.store.gaps import GapRow, read_gaps
from kb.store.store import Store, database_url
from kb.store.tickets import TicketRow, keep_ticket
from kb.usage.gap_refresh import refresh_gaps
from kb.usage.settling import settle
from kb.usage.verifying import Changed, verify_gaps

NOW = datetime.now(UTC)
WATCH = (
    "does it work on a smart watch",
    "can I use it on my smart watch",
    "smart watch app",
    "is there an app for my watch",
    "watch support?",
    "which smart watches are supported",
    "install it on a watch",
    "I want to see my computer on my watch",
)
LATER = (
    "can I run it on a watch",
    "smart watch version",
    "is my watch supported",
    "use a smart watch with it",
    "app for smart watches",
)
ANSWER = """---
title: Deskferry on a smart watch
status: published
---

There is a Deskferry app for smart watches. It shows which of your computers are switched on.

## Install the app on your watch

Open the app store of your watch, look for Deskferry and tap Install. Supported are watches that came out in
2020 or later. The screen of a computer cannot be shown on a watch: it is too small for that.
"""
PEOPLE = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A data folder and an articles folder beside it, both to be written to."""

    data: Path
    articles: Path
    selfhelp: Callable[..., Any]

    def open(self) -> Store:
        return Store.open(database_url(self.data, ""))

    def engine(self) -> Engine:
        engine = Engine(self.data, floor=0.15)
        engine.load()
        return engine

    def ask(
        self, texts: Sequence[str], at: datetime, then: str = "submitted", *, helped: bool = False
    ) -> list[str]:
        """Each by a person of its own, `helped` with what is suggested now or by nothing; says by whom."""
        engine, store = self.engine(), self.open()
        people = [f"p{next(PEOPLE)}" for _ in texts]
        for person, text in zip(people, texts, strict=True):
            answer = engine.suggest(Query(text=text, locale="en"))
            shown = (
                tuple((one.slug, one.locale, one.confidence) for one in answer.suggestions) if helped else ()
            )
            answered = helped and answer.answered
            ask(store, person, text, at=at, then=then, answered=answered, suggestions=shown)
        store.close()
        return people

    def write(self, people: Sequence[str], at: datetime) -> None:
        """A ticket of each."""
        store = self.open()
        for person in people:
            fields = {"email": f"{person}@a.example", "message": "m", "person": person, "created_at": at}
            name = f"T-{person}-{at:%d}"
            keep_ticket(store, TicketRow(ticket_id=name, idempotency_key=None, **fields), ())
        store.close()

    def refresh(self, now: datetime) -> list[Changed]:
        store, engine = self.open(), self.engine()
        settle(store, now)
        refresh_gaps(store, engine, now)
        changed = verify_gaps(store, engine, now)
        store.close()
        return changed

    def gap(self) -> GapRow:
        """The gap about watches."""
        store = self.open()
        (gap,) = (one for one in read_gaps(store) if one.gap_id == 1)
        store.close()
        return gap

    def publish(self, text: str, path: str = "en/watch.md") -> Any:
        (self.articles / path).parent.mkdir(exist_ok=True)
        (self.articles / path).write_text(text, encoding="utf-8")
        ran = self.selfhelp("index", self.articles)
        assert ran.status == 0, ran.err
        return ran


def with_gap(help_centre: Path, folder: Path) -> Path:
    """The project's English articles, published; eight people asked about watches and wrote tickets."""
    shutil.copytree(help_centre, folder, symlinks=True)
    made = Loop(data=folder, articles=folder / "articles", selfhelp=lambda: None)
    made.ask(WATCH, NOW - timedelta(days=2))
    made.refresh(NOW - timedelta(days=1))
    return folder


def copy_of(folder: Path, data: Path, selfhelp: Callable[..., Any]) -> Loop:
    """One to be written to."""
    articles = data.parent / "articles"
    shutil.copytree(folder / "articles", articles)
    shutil.copytree(folder, data, symlinks=True, dirs_exist_ok=True, ignore=lambda *_: {"articles", "models"})
    return Loop(data=data, articles=articles, selfhelp=selfhelp)
