"""Drafts made of a gap and written among the articles, never over a file that is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from kb.errors import GapError
from kb.search.engine import Engine
from kb.settings import Settings
from kb.store.gaps import DRAFTING, decide_gap
from kb.store.store import Store
from kb.usage.draft import Draft, Plan, count_for_questions, draft_of, fit_for_questions
from kb.usage.draft_file import paths_below
from kb.usage.floor import least_persons
from kb.usage.gaps import AskedHow, GapDetail
from kb.usage.learned import most_telling

Floats = npt.NDArray[np.float32]

THEMES: Final = 5
COMPARED: Final = 100
"""Of more wordings the most frequent: each takes an encoder 2 ms."""
ALIKE: Final = 0.3
"""Cosine of two wordings, without what all of the gap's have in common, from which on they are one theme."""


def draft_for(detail: GapDetail, engine: Engine, settings: Settings, locale: str = "") -> Draft:
    """The draft of a gap; nothing is written. Raises GapError when too few people asked, NoSnapshot."""
    gap = detail.gap
    if gap.persons < least_persons(settings) or not detail.questions:
        raise GapError(f"gap {gap.gap_id}: not enough people asked it for its questions to be shown")
    wordings = list(detail.questions[:COMPARED])
    vectors = engine.vectors([how.text for how in wordings])
    fit = fit_for_questions(wordings)
    by_text = {how.text: vector for how, vector in zip(wordings, vectors, strict=True)}
    plan = Plan(
        paths=paths_below(settings.articles),
        default=settings.locale,
        today=datetime.now(UTC).date(),
        locale=locale,
        telling=most_telling([how.text for how in fit], by_text, count_for_questions(wordings))
        if fit
        else [],
        themes=_themes(wordings, vectors),
    )
    return draft_of(detail, plan)


def keep_draft(store: Store, detail: GapDetail, draft: Draft, file: Path, by: str) -> None:
    """Writes the draft and sets the gap's status; notes no path, which is in a customer's words.

    Raises GapError when it cannot be.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(draft.text)
    except FileExistsError:
        problem = f"{file} is there already and stays as it is: finish it, or name another with --out"
        raise GapError(problem) from None
    except OSError as error:
        raise GapError(f"{file}: {error.strerror}; name another file with --out") from error
    decide_gap(store, detail.gap.gap_id, DRAFTING, by, datetime.now(UTC))


def _themes(wordings: Sequence[AskedHow], vectors: Floats) -> list[list[AskedHow]]:
    """Wordings about one thing, the most frequent first; those about nothing of their own come last."""
    left = vectors - vectors.mean(axis=0)
    left /= np.maximum(np.linalg.norm(left, axis=1, keepdims=True), 1e-6)
    alike = left @ left.T
    leaders: list[int] = []
    for place in range(len(wordings)):
        if len(leaders) < THEMES and (not leaders or alike[place, leaders].max() < ALIKE):
            leaders.append(place)
    nearest = alike[:, leaders].argmax(axis=1)
    themes = [
        [wordings[place] for place in np.flatnonzero(nearest == number).tolist()]
        for number in range(len(leaders))
    ]
    return sorted(themes, key=lambda theme: -sum(how.persons for how in theme))
