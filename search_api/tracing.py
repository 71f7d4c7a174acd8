"""OpenTelemetry spans of requests and their stages; nothing of it is imported unless it is asked for.

A span carries the route, the status and the request's id; no address, no path, nothing typed.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Final

from kb.errors import SettingsError
from kb.stages import Stage

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span
    from werkzeug.datastructures import Headers

SERVICE: Final = "selfhelp"


def start_tracing(url: str) -> Tracing | None:
    """Sends spans to this OTLP address; None without one. Raises SettingsError without the extra."""
    if not url:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"SELFHELP_TRACES_URL is set but {error.name} is not installed: "
            "pip install '.[opentelemetry]' in the checkout"
        ) from error
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: SERVICE}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    return Tracing(provider)


class Tracing:
    """Makes the spans of one application."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry.trace import SpanKind, get_current_span
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer(SERVICE)
        self._server = SpanKind.SERVER
        self._current = get_current_span
        self._parents = TraceContextTextMapPropagator()

    def request(self, name: str, headers: Headers) -> AbstractContextManager[Span]:
        """A span that has begun, below the caller's if the headers name one."""
        given = {key: headers[key] for key in ("traceparent", "tracestate") if key in headers}
        span = self._tracer.start_as_current_span(
            name, context=self._parents.extract(given) if given else None, kind=self._server
        )
        span.__enter__()
        return span

    def answered(self, route: str, status: int, request_id: str) -> None:
        """Names what the current span's request came to."""
        known: dict[str, str | int] = {
            "http.route": route,
            "http.response.status_code": status,
            "selfhelp.request_id": request_id,
        }
        self._current().set_attributes(known)

    def stage(self, name: str, timed: Stage) -> Stage:
        """A stage that is timed and has a span."""
        return _Traced(self._tracer.start_as_current_span(name), timed)

    def close(self) -> None:
        """Sends what is left."""
        self._provider.shutdown()


class _Traced:
    __slots__ = ("_span", "_timed")

    def __init__(self, span: AbstractContextManager[Span], timed: Stage) -> None:
        self._span = span
        self._timed = timed

    def __enter__(self) -> None:
        self._span.__enter__()
        self._timed.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._timed.__exit__(kind, error, trace)
        # Of an error the span would keep the words; the log has its kind.
        self._span.__exit__(None, None, None)
