"""The id that a request goes by, in its answer's header and in the log."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import Final

from flask import g, has_request_context

HEADER: Final = "X-Request-Id"
ID_BYTES: Final = 8
_SANE: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id() -> str:
    """The id of the request being answered in this thread; empty outside of one."""
    return str(g.get("request_id", "")) if has_request_context() else ""


def chosen_id(given: str) -> str:
    """What the caller or a proxy calls the request, if it can be nothing but an id; else a new one."""
    return given if _SANE.fullmatch(given) else token_hex(ID_BYTES)
