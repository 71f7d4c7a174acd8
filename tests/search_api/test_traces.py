"""Spans of requests, sent to a collector on this machine; nothing of it where nobody asks for traces."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from serving import serving
from whole_server import Server

from kb.errors import SettingsError
from search_api.tracing import start_tracing

PARENT = "4bf92f3577b34da6a3ce929d0e0e4736"


@dataclass
class Collected:
    """Where spans are sent to, and those that came."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)

    def below(self, name: str) -> set[str]:
        """Names of the spans that began inside the newest one of this name."""
        parent = [span for span in self.spans if span.name == name][-1]
        return {span.name for span in self.spans if span.parent_span_id == parent.span_id}


@pytest.fixture
def collector() -> Iterator[Collected]:
    collected = Collected()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            sent = ExportTraceServiceRequest.FromString(content)
            for resource in sent.resource_spans:
                for scope in resource.scope_spans:
                    collected.spans += scope.spans
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    collected.url = f"http://127.0.0.1:{server.server_port}/v1/traces"
    yield collected
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_question_is_a_span_with_its_stages_and_nothing_a_customer_sent(
    help_centre: Path, tmp_path: Path, collector: Collected
) -> None:
    env = os.environ | {
        "SELFHELP_DATABASE_URL": f"sqlite:///{tmp_path}/selfhelp.sqlite3",
        "SELFHELP_TRACES_URL": collector.url,
        "SELFHELP_CANARY_MINUTES": "0",
    }
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", "--port", "0"]
    with serving([*command, "--data", help_centre], env, tmp_path) as address:
        headers = {"traceparent": f"00-{PARENT}-00f067aa0ba902b7-01", "X-Request-Id": "request-1234"}
        body = json.dumps({"text": "black screen after login"}).encode()
        request = urllib.request.Request(f"{address}/v1/suggestions", body, headers)  # noqa: S310 - ours
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - our own server
            assert json.load(response)["suggestions"]
        ticket = json.dumps({"email": "ann@example.com", "message": "It is broken."}).encode()
        with urllib.request.urlopen(f"{address}/v1/tickets", ticket, timeout=10):  # noqa: S310 - ours
            pass
    assert collector.below("POST /v1/suggestions") == {"encode", "rank", "excerpt"}
    assert collector.below("POST /v1/tickets") == {"store"}
    asked = [span for span in collector.spans if span.name == "POST /v1/suggestions"][-1]
    assert asked.trace_id.hex() == PARENT
    said = {one.key: one.value.string_value or one.value.int_value for one in asked.attributes}
    assert said == {
        "http.route": "/v1/suggestions",
        "http.response.status_code": 200,
        "selfhelp.request_id": "request-1234",
    }
    assert "black screen" not in str(collector.spans)
    assert "ann@" not in str(collector.spans)


def test_an_error_in_a_stage_leaves_no_words_in_the_span(
    server: Server, collector: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracing = start_tracing(collector.url)
    assert tracing
    with (
        pytest.raises(ValueError, match="secret"),
        tracing.stage("rank", server.services.metrics.stage("rank")),
    ):
        raise ValueError("secret")
    tracing.close()
    assert [span.name for span in collector.spans] == ["rank"]
    assert "secret" not in str(collector.spans)


def test_without_an_address_nothing_of_opentelemetry_is_imported() -> None:
    code = (
        "import sys, search_api.serve; from search_api.tracing import start_tracing; start_tracing('');"
        "print('opentelemetry' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_an_address_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SettingsError, match=r"pip install '\.\[opentelemetry\]'"):
        start_tracing("http://127.0.0.1:1/v1/traces")
