"""What the application needs, made by whoever starts it: `serve`, or a test."""

from __future__ import annotations

from dataclasses import dataclass

from kb.search.engine import Engine
from kb.settings import Settings
from kb.store.store import Store
from search_api.query_log import QueryLog
from search_api.signing import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything behind the routes."""

    engine: Engine
    store: Store
    settings: Settings
    signer: Signer
    log: QueryLog
