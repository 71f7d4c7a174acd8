"""Every failure in one shape: `{"error": {"status", "code", "detail"}}` for programs, a page for people."""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from kb.errors import NoSnapshot, SnapshotError, StoreError
from search_api.answers import json_answer
from search_api.models import ErrorAnswer, ErrorDetail
from search_api.request_ids import request_id

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 2
COME_BACK: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
MACHINES: Final = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json")

NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DETAILS: Final = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The request is too large.",
}
ErrorPage = Callable[[ErrorDetail], Response]


class HttpError(Exception):
    """A request that is answered with an error; `detail` is for the caller to read."""

    def __init__(self, status: int, code: str, detail: str, *, retry_after: int = RETRY_SECONDS) -> None:
        """`retry_after`: seconds, told with 429 and 503."""
        super().__init__(detail)
        self.retry_after = retry_after
        self.answer = ErrorDetail(status=status, code=code, detail=detail)


class ErrorHandlers:
    """Turns whatever a route raises into an answer; `page` draws the one for people."""

    def __init__(self, page: ErrorPage) -> None:
        self._page = page

    def register(self, app: Flask) -> None:
        app.register_error_handler(HttpError, self._refused)
        app.register_error_handler(HTTPException, self._http)
        app.register_error_handler(ValidationError, self._invalid)
        app.register_error_handler(NoSnapshot, self._no_snapshot)
        app.register_error_handler(SnapshotError, self._broken_snapshot)
        app.register_error_handler(StoreError, self._no_database)
        app.register_error_handler(OSError, self._no_room)
        app.register_error_handler(Exception, self._unexpected)

    def _answer(self, error: ErrorDetail, *, retry_after: int = RETRY_SECONDS) -> Response:
        machine = request.path.startswith(MACHINES)
        answer = json_answer(ErrorAnswer(error=error)) if machine else self._page(error)
        answer.status_code = error.status
        if error.status in COME_BACK:
            answer.headers["Retry-After"] = str(retry_after)
        return answer

    def _refused(self, error: HttpError) -> Response:
        return self._answer(error.answer, retry_after=error.retry_after)

    def _http(self, error: HTTPException) -> Response:
        """What Flask and Werkzeug raise, redirects among it."""
        status = error.code or 500
        if status < HTTPStatus.BAD_REQUEST:
            return Response(error.get_response().get_data(), status, error.get_response().headers)
        detail = DETAILS.get(status, error.name)
        answer = self._answer(ErrorDetail(status=status, code=_code(error.name), detail=detail))
        if allowed := getattr(error, "valid_methods", None):
            answer.headers["Allow"] = ", ".join(sorted(allowed))
        return answer

    def _invalid(self, error: ValidationError) -> Response:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            detail = "The body is not valid JSON."
            return self._answer(ErrorDetail(status=400, code="malformed_json", detail=detail))
        where = ".".join(str(part) for part in first["loc"]) or "body"
        return self._answer(ErrorDetail(status=422, code="invalid", detail=f"{where}: {first['msg']}"))

    def _no_snapshot(self, _error: NoSnapshot) -> Response:
        detail = "No articles are published yet. Please try again in a moment."
        return self._answer(ErrorDetail(status=503, code="no_snapshot", detail=detail))

    def _broken_snapshot(self, error: SnapshotError) -> Response:
        logger.error("%s", error)
        detail = "This cannot be read at the moment. Please try again in a moment."
        return self._answer(ErrorDetail(status=503, code="broken_snapshot", detail=detail))

    def _no_database(self, error: StoreError) -> Response:
        logger.error("%s", error)
        detail = "The database is away, so nothing was kept. Please try again in a moment."
        return self._answer(ErrorDetail(status=503, code="database_away", detail=detail))

    def _no_room(self, error: OSError) -> Response:
        """A large ticket rests in a file while it is read; without room for it, it is not taken."""
        if error.errno not in NO_ROOM:
            return self._unexpected(error)
        logger.error("%s", error.strerror)
        detail = "There is no room left on the disk, so nothing was kept. Please try again later."
        return self._answer(ErrorDetail(status=503, code="disk_full", detail=detail))

    def _unexpected(self, error: Exception) -> Response:
        """Its own words may name files, statements or customers: not even the log has them, but its kind
        and where it happened."""
        number = request_id()
        logger.error("request %s failed", number, exc_info=error)
        detail = f"Something went wrong on our side. It is in the log as request {number}."
        return self._answer(ErrorDetail(status=500, code="internal", detail=detail))


def _code(name: str) -> str:
    """`Method Not Allowed` as `method_not_allowed`."""
    return re.sub(r"\W+", "_", name).lower()
