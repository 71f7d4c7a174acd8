"""What the application needs, made by whoever starts it: `serve`, or a test."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.search.engine import Engine
from kb.settings import Settings
from kb.store.store import Store
from search_api.metrics import Metrics
from search_api.notices import NoticeBoard
from search_api.query_log import QueryLog
from search_api.rates import RateLimits
from search_api.shown import Shown
from search_api.signing import Signer
from search_api.tracing import Tracing
from search_api.visitors import Interrupted


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything behind the routes."""

    engine: Engine
    store: Store
    settings: Settings
    signer: Signer
    log: QueryLog
    rates: RateLimits
    notices: NoticeBoard = field(default_factory=NoticeBoard)
    metrics: Metrics = field(default_factory=Metrics)
    interrupted: Interrupted = field(default_factory=Interrupted)
    shown: Shown = field(default_factory=Shown)
    tracing: Tracing | None = None
