"""All pages behind the gate; each adds its routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint

from search_api.admin.articles import articles
from search_api.admin.asked import asked
from search_api.admin.deflection import deflection
from search_api.admin.drafts import drafts
from search_api.admin.exports import exports
from search_api.admin.gaps import gaps
from search_api.admin.learned import learned
from search_api.admin.notices import notices
from search_api.admin.overview import overview
from search_api.admin.reports import Reports
from search_api.admin.status import status

VIEWS: Final[tuple[Callable[[Blueprint, Reports], None], ...]] = (
    overview,
    gaps,
    drafts,
    deflection,
    articles,
    learned,
    asked,
    notices,
    status,
    exports,
)
