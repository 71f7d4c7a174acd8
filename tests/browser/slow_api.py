"""The API's contract with faults at will: delays, failures, silence. For what the real one never does.

It answers a question with one suggestion per word of it, so that a test can tell which question an
answer belongs to.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from search_api.widget_module import widget_module

WIDGET = Path(__file__).parents[2] / "widget"
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
CONFIG = {
    "debounce_ms": 60, "min_chars": 3, "min_chars_cjk": 2, "limit": 3, "max_text_chars": 20_000,
    "request_timeout_ms": 1500, "event_batch": 20, "event_flush_ms": 100, "read_seconds": 10, "max_files": 5,
    "max_file_bytes": 1_000_000, "max_ticket_bytes": 2_000_000, "max_message_chars": 50_000,
}  # fmt: skip
ARTICLE = (
    """
<p>Turn the <strong>screen</strong> on.</p><p><img src="/help/images/one.png" alt="A screen"></p>
<h2 id="later">Later on</h2>
<p>See <a href="/help/en/second#later">the second</a> or <a href="#later">above</a>, or
<a href="/help/images/plan.png">the plan</a>.</p>
"""
    + 40 * "<p>And so on.</p>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def suggestion(slug: str, rank: int = 1, **changes: Any) -> dict[str, Any]:
    """A suggestion as the API gives it."""
    return {
        "slug": slug, "locale": "en", "title": f"About {slug}", "url": f"/help/en/{slug}", "anchor": "later",
        "excerpt": f"What to do about {slug}.", "highlights": [[17, 17 + len(slug)]], "confidence": 0.8,
        "rank": rank,
    } | changes  # fmt: skip


def by_words(text: str) -> list[dict[str, Any]]:
    return [suggestion(word, rank) for rank, word in enumerate(text.split()[:3], start=1)]


@dataclass
class SlowApi:
    """Set `down` to stop it from answering, `refuse` (path to status) to have it say no, `delay` (seconds,
    from the text) to slow suggestions down.
    """

    suggest: Callable[[str], list[dict[str, Any]]] = by_words
    delay: Callable[[str], float] = lambda text: 0.0
    script_path: str = "/widget/selfhelp.js"
    down: bool = False
    refuse: dict[str, int] = field(default_factory=dict)
    held_out: bool = False
    notice: dict[str, str | None] | None = None
    article: str = ARTICLE
    config: dict[str, Any] = field(default_factory=lambda: dict(CONFIG))
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def script(self) -> str:
        return f"{self.origin}{self.script_path}"

    def tag(self, **data: str) -> str:
        attributes = "".join(f' data-{name}="{value}"' for name, value in data.items())
        return f'<script type="module" async src="{self.script}"{attributes}></script>'

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def requests(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path.startswith(path) and one.method != "OPTIONS"]

    def texts(self) -> list[str]:
        return [one.json["text"] for one in self.requests("/v1/suggestions")]

    def events(self) -> list[dict[str, Any]]:
        return [event for one in self.requests("/v1/events") for event in one.json["events"]]

    def event_types(self) -> list[str]:
        return [event["type"] for event in self.events()]

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Status and JSON for a request under /v1."""
        if asked.path in self.refuse:
            return self.refuse[asked.path], {"error": {}}
        if asked.path == "/v1/config":
            return 200, self.config
        if asked.path.startswith("/v1/articles/"):
            _, _, _, locale, slug = asked.path.split("/")
            url = f"/help/{locale}/{slug}"
            return 200, {"slug": slug, "locale": locale, "title": f"About {slug}", "html": self.article,
                         "url": url, "updated": None}  # fmt: skip
        if asked.path == "/v1/suggestions":
            return 200, self._suggestions(asked.json["text"])
        if asked.path == "/v1/tickets":
            return 201, {"ticket_id": "T-" + asked.headers["idempotency-key"]}
        return 202, {"accepted": 1, "rejected": []}

    def _suggestions(self, text: str) -> dict[str, Any]:
        time.sleep(self.delay(text))
        found = [] if self.held_out else self.suggest(text)
        return {"session_id": "s1", "held_out": self.held_out, "query_id": f"q-{text}", "snapshot_id": "x",
                "answered": bool(found), "confidence": 0.8, "suggestions": found, "took_ms": 1.0,
                "notice": self.notice}  # fmt: skip

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path.split("?")[0] == "/widget/selfhelp.js":
                    return self._send(200, TYPES[".js"], widget_module().encode())
                _, _, name = self.path[1:].partition("/")
                if self.path.startswith(("/widget/", "/source/")) and (WIDGET / name).is_file():
                    return self._send(200, TYPES[Path(name).suffix], (WIDGET / name).read_bytes())
                return self._api()

            def do_POST(self) -> None:
                self._api()

            def do_OPTIONS(self) -> None:
                self._send(204, "text/plain", b"")

            def _api(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(method=self.command, path=self.path, headers=headers, body=body)
                if api.down:
                    self.close_connection = True
                    return
                api.asked.append(asked)
                status, answer = api.answer(asked)
                self._send(status, "application/json", json.dumps(answer).encode())

            def _send(self, status: int, kind: str, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key")
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def handle(self) -> None:
                # The widget gives up on requests that are overtaken.
                with suppress(BrokenPipeError, ConnectionResetError):
                    super().handle()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet: what matters is in `asked`."""

        return Handler
