"""Notices on the suggestions' path: held in memory, chosen by what a question is like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from kb.search.engine import Engine
from kb.store.notices import Notice, read_notices
from kb.store.store import Store
from search_api.models import NoticeShape

Floats = npt.NDArray[np.float32]

ALIKE: Final = 0.28
"""From which likeness on a question is one of those a notice is for.

On banking with three examples a notice it reaches 75 of 100 other questions on the subject and 4 of 100
on another; a notice is one line, so what it shows to the wrong person costs little.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pinned:
    """A notice with the vectors of its questions, shape (questions, dimension); None: it is for everybody."""

    notice: Notice
    vectors: Floats | None


class NoticeBoard:
    """What is pinned. `look` reads it, from a thread beside the server; answering never waits for that."""

    def __init__(self) -> None:
        self._pinned: tuple[_Pinned, ...] = ()
        self._read: tuple[object, ...] = ()

    def look(self, store: Store, engine: Engine) -> None:
        """Reads what is pinned; questions are encoded anew when they or the snapshot have changed."""
        notices = read_notices(store, since=datetime.now(UTC))
        read = (engine.snapshot_id, *notices)
        if read == self._read:
            return
        usable = [one for one in notices if engine.ready or not one.questions]
        # One that is for some is shown before one that is for all.
        usable.sort(key=lambda one: (not one.questions, -one.notice_id))
        self._pinned = tuple(
            _Pinned(notice=one, vectors=engine.vectors(one.questions) if one.questions else None)
            for one in usable
        )
        self._read = read

    def notice_for(self, question: str, engine: Engine) -> NoticeShape | None:
        """The first that is for this question, or for all. Without a notice this costs nothing."""
        now = datetime.now(UTC)
        active = [one for one in self._pinned if one.notice.active(now)]
        chosen = [one for one in active if one.vectors is not None] if question.strip() else []
        asked = engine.vectors([question]) if chosen else None
        for pinned in active:
            if pinned.vectors is None or (asked is not None and _alike(asked, pinned.vectors, engine)):
                return NoticeShape(text=pinned.notice.text, url=pinned.notice.url)
        return None


def _alike(asked: Floats, pinned: Floats, engine: Engine) -> bool:
    # A snapshot of another model may just have come; the next look encodes for it.
    same_model = asked.shape[1] == pinned.shape[1]
    return same_model and bool(engine.likeness(asked, pinned).max() >= ALIKE)
