"""What several pages read: reports, kept for a moment so that going from page to page is quick."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import abort

from kb.index.snapshot import PublishedArticle
from kb.search.engine import Engine
from kb.settings import Settings
from kb.store.canary import broken_since
from kb.store.store import Store
from kb.usage.deflection import DeflectionReport, deflection_report
from kb.usage.floor import least_persons
from kb.usage.gaps import GapDetail, GapReport, gap_detail, gap_report
from search_api.services import Services

KEPT_SECONDS: Final = 60
DAYS: Final = (7, 30, 90, 365)


class Reports:
    """Reads reports; that on deflection, the longest to make, is made once a minute for each period."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._kept: dict[int, tuple[float, DeflectionReport]] = {}
        self._making = threading.Lock()

    @property
    def store(self) -> Store:
        return self.services.store

    @property
    def engine(self) -> Engine:
        return self.services.engine

    @property
    def settings(self) -> Settings:
        return self.services.settings

    def gaps(self) -> GapReport:
        return gap_report(self.store, least_persons(self.settings))

    def gap(self, gap_id: int) -> GapDetail:
        """One gap; 404 also for what fewer people asked than may be shown."""
        detail = gap_detail(self.store, gap_id, least_persons(self.settings))
        if detail is None:
            abort(404)
        return detail

    def broken_since(self) -> datetime | None:
        """Since when measuring has not worked; None while it does."""
        return broken_since(self.store, datetime.now(UTC))

    def deflection(self, days: int) -> DeflectionReport:
        """Of the last so many days."""
        with self._making:
            made, report = self._kept.get(days, (0.0, None))
            if report is None or time.monotonic() - made > KEPT_SECONDS:
                now = datetime.now(UTC)
                report = deflection_report(
                    self.store,
                    now - timedelta(days=days),
                    now,
                    self.settings.cost_per_ticket,
                    holdout=self.settings.holdout,
                )
                self._kept[days] = time.monotonic(), report
            return report

    def articles(self) -> list[PublishedArticle]:
        """All that are published, of all locales, without their HTML; none before the first snapshot."""
        if not self.engine.ready:
            return []
        return [one for locale in self.engine.locales() for one in self.engine.articles(locale)]

    def title(self, locale: str, slug: str) -> str:
        """Of an article; its slug when it is not published any more."""
        found = self.engine.article(locale, slug) if self.engine.ready else None
        return found.title if found else slug


def chosen_days(text: str | None) -> int:
    """The period a page was asked for: one of DAYS, else 30."""
    days = int(text) if text and text.isdecimal() else 0
    return days if days in DAYS else 30
