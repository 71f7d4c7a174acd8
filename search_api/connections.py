"""Connections as this server keeps them: slow clients are cut off, no address takes them all."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask, WSGITask

from search_api.errors import DETAILS
from search_api.kinds import Kind, kind_of
from search_api.models import ErrorAnswer, ErrorDetail
from search_api.security_headers import HEADERS

WAITED: Final = "selfhelp.waited"
"""Where the application finds how many seconds a request waited for a thread."""


OVERLOADED: Final = "There is more to do than this server can. Please try again in a moment."
RETRY_SECONDS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a connection may take, in seconds; `rate` is the slowest client's bytes a second.

    A request or an answer has `grace` and the time its bytes take at `rate`. An idle connection is kept
    for `idle`, longer than usual proxies keep theirs (60), or `idle_crowded` while there is little room.
    """

    grace: float = 10
    rate: int = 4096
    idle: float = 75
    idle_crowded: float = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overloaded:
    """In the place of waitress's own errors: nothing is wrong with the request, there are too many."""

    code: int = 503
    reason: str = "Service Unavailable"


class _ShapedError(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """What is refused before the application sees it: broken or enormous requests, or one too many."""

    def execute(self) -> None:
        problem = self.request.error
        error = self._told(problem)
        headers: list[tuple[str, str]] = []
        if isinstance(problem, _Overloaded):
            error = ErrorDetail(status=problem.code, code="overloaded", detail=OVERLOADED)
            headers = [("Retry-After", str(RETRY_SECONDS)), *self._for_their_page()]
        else:
            self.set_close_on_finish()
        body = ErrorAnswer(error=error).model_dump_json().encode()
        self.status = f"{problem.code} {problem.reason}"
        self.content_length = len(body)
        self.response_headers += [
            ("Content-Length", str(len(body))),
            ("Content-Type", "application/json"),
            *headers,
            *HEADERS.items(),
        ]
        self.write(body)

    def _told(self, problem: Any) -> ErrorDetail:
        limits = self.request.adj
        if problem.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            code, most = "too_large", limits.max_request_body_size - 1
            detail = f"The request has more than {most} bytes."
        elif problem.code == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
            code, most = "headers_too_large", limits.max_request_header_size
            detail = f"The headers have {most} bytes or more."
        else:
            code, detail = problem.reason.lower().replace(" ", "_"), DETAILS[HTTPStatus.BAD_REQUEST]
        return ErrorDetail(status=problem.code, code=code, detail=detail)

    def _for_their_page(self) -> list[tuple[str, str]]:
        """A page that may call is told to come back later; without these it could not read that."""
        origin = self.request.headers.get("ORIGIN", "")
        allowed = self.channel.server.allowed_origins
        if not origin or not ("*" in allowed or origin in allowed):
            return []
        return [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Expose-Headers", "Retry-After"),
            ("Vary", "Origin"),
        ]


class _Task(WSGITask):  # type: ignore[misc]  # waitress has no types
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[WAITED] = time.monotonic() - self.channel.queued_at
        return environ

    def build_response_header(self) -> bytes:
        """While the server ends, each answer says that nothing more may be sent on this connection."""
        if self.channel.server.ending:
            self.request.headers["CONNECTION"] = "close"
        header: bytes = super().build_response_header()
        return header


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Refuses a body by its announced size as soon as the path is known: only tickets may be large."""

    adj: Any

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if kind_of(self.path) != "tickets":
            self.adj = self.adj.for_small_bodies


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One connection, with what it takes to tell a slow client from a busy one. All times monotonic."""

    error_task_class = _ShapedError
    task_class = _Task
    parser_class = _Parser

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.quiet_since = time.monotonic()
        self.reading_since = self.quiet_since
        self.bytes_read = 0
        self.sending: tuple[float, int] | None = None
        self.queued_at = self.quiet_since
        super().__init__(*arguments, **named)
        self.server.arrived(self)

    def del_channel(self, map: Any = None) -> None:
        super().del_channel(map)
        self.server.left(self)

    @property
    def kind(self) -> Kind:
        """Of the request that is served next."""
        request = self.requests[0] if self.requests else None
        if request is None or getattr(request, "command", "") == "OPTIONS":
            return "reading"
        return kind_of(getattr(request, "path", ""))

    def refuse(self) -> None:
        """Has the request that waits be answered with 503, at next to no cost."""
        self.requests[0].error = _Overloaded()

    def received(self, data: bytes) -> bool:
        before = self.request
        taken: bool = super().received(data)
        self.quiet_since = time.monotonic()
        if before is None or self.request is not before:
            self.reading_since, self.bytes_read = self.quiet_since, 0
        self.bytes_read += len(data)
        return taken

    def is_idle(self) -> bool:
        return not (self.request or self.requests or self.total_outbufs_len)

    def is_too_slow(self, now: float, patience: Patience) -> bool:
        """Whether its request, or taking our answer, goes on for longer than an honest line needs."""
        if self.total_outbufs_len:
            since, most = self.sending or (now, 0)
            self.sending = since, max(most, self.total_outbufs_len)
            return now - since > patience.grace + self.sending[1] / patience.rate
        self.sending = None
        if self.request is None or self.requests:
            return False
        return now - self.reading_since > patience.grace + self.bytes_read / patience.rate


def small_bodies(adjustments: Any, most: int) -> Any:
    """The adjustments with, beside them, those for everything that is no ticket."""
    small = copy.copy(adjustments)
    small.max_request_body_size = most
    adjustments.for_small_bodies = small.for_small_bodies = small
    return adjustments


def sweep(channels: Iterable[Channel], now: float, patience: Patience, *, crowded: bool) -> None:
    """Has those closed that are too slow, or idle for too long."""
    idle = patience.idle_crowded if crowded else patience.idle
    for channel in channels:
        if channel.is_idle() and now - channel.quiet_since > idle:
            channel.will_close = True
        elif channel.is_too_slow(now, patience):
            # Not when it next can be written to: that may be never.
            channel.handle_close()
