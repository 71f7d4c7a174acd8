"""Each request with an id: counted, timed, traced, and told to the log without a customer's words.

The log names the route as it is declared, never the path or its query; an address only where the
settings ask for it.
"""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Final

from flask import Flask, Response, g, request

from kb.stages import Stage, hear_no_more, listen
from search_api.metrics import OTHER
from search_api.request_ids import HEADER, chosen_id
from search_api.services import Services

logger = logging.getLogger(__name__)

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SUGGESTIONS: Final = "/v1/suggestions"
QUIET: Final = ("/healthz", "/readyz", "/metrics", "/widget/", "/help/assets/")
"""Asked for by machines all day: in the metrics, in the log only when they fail."""


def watch_requests(app: Flask, services: Services) -> None:
    """Has to come before whatever else looks at requests, so that it sees all of them from end to end."""
    watched = _Watched(services)
    app.before_request(watched.begin)
    app.after_request(watched.answer)
    app.teardown_request(watched.end)


class _Watched:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._tracing = services.tracing

    def begin(self) -> None:
        g.started = perf_counter()
        g.request_id = chosen_id(request.headers.get(HEADER, ""))
        if self._tracing:
            g.span = self._tracing.request(f"{_method()} {_route()}", request.headers)
            g.listening = listen(self._stage)
        else:
            g.listening = listen(self._services.metrics.stage)

    def answer(self, response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        seconds = perf_counter() - g.started
        self._services.metrics.requested(_route(), response.status_code, seconds)
        failed = response.status_code >= 500
        if failed and _route() == SUGGESTIONS:
            self._services.metrics.suggested("failed", None)
        if failed or (self._services.settings.log_requests and not request.path.startswith(QUIET)):
            self._log(response.status_code, seconds, logging.WARNING if failed else logging.INFO)
        if self._tracing:
            self._tracing.answered(_route(), response.status_code, g.request_id)
        return response

    def end(self, _error: BaseException | None) -> None:
        if token := g.pop("listening", None):
            hear_no_more(token)
        if span := g.pop("span", None):
            span.__exit__(None, None, None)

    def _stage(self, name: str) -> Stage:
        timed = self._services.metrics.stage(name)
        return self._tracing.stage(name, timed) if self._tracing else timed

    def _log(self, status: int, seconds: float, level: int) -> None:
        if not logger.isEnabledFor(level):
            return
        fields: dict[str, object] = {
            "method": _method(),
            "route": _route(),
            "status": status,
            "ms": round(1000 * seconds, 1),
        }
        words = "{method} {route} {status} {ms} ms".format_map(fields)
        if self._services.settings.log_addresses:
            fields["address"] = request.remote_addr
            words = f"{words} from {request.remote_addr}"
        logger.log(level, words, extra={"fields": fields})


def _method() -> str:
    """Anybody can make one up."""
    return request.method if request.method in METHODS else OTHER


def _route() -> str:
    return request.url_rule.rule if request.url_rule else OTHER
