"""What is being asked now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kb.search.engine import Engine
from kb.store.asked import read_typed
from kb.usage.asking import AskingReport, asking_report
from kb.usage.floor import least_persons
from search_api.admin.reports import Reports

HOURS: Final = (1, 6, 24, 72)


def asked(routes: Blueprint, reports: Reports) -> None:
    @routes.get("/asked")
    def asked() -> ResponseReturnValue:
        hours = chosen_hours(request.args.get("hours"))
        return render_template(
            "admin/asked.html", report=asking_now(reports, hours), hours=hours, periods=HOURS
        )


def chosen_hours(text: str | None) -> int:
    hours = int(text) if text and text.isdecimal() else 0
    return hours if hours in HOURS else 24


def asking_now(reports: Reports, hours: int) -> AskingReport:
    """Of the last so many hours."""
    typed = read_typed(reports.store, datetime.now(UTC) - timedelta(hours=hours))
    return asking_report(
        typed, lambda texts: _likeness(reports.engine, texts), least_persons(reports.settings)
    )


def _likeness(engine: Engine, texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """By meaning; before the first snapshot only the same words are alike."""
    if not engine.ready:
        return np.eye(len(texts), dtype=np.float32)
    vectors = engine.vectors(texts)
    return engine.likeness(vectors, vectors)
