"""A customer's web site: pages as a test writes them, with the headers it wants, on an origin of its own."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FORM = """
<form id="request" action="/own-action" method="post">
  <p><label>Subject <input name="subject"></label></p>
  <p><label for="body">What happened?</label>
  <textarea id="body" name="body" rows="4" cols="60"></textarea></p>
  <p><label>E-mail <input type="email" name="email"></label></p>
  <p><button id="send">Send</button></p>
</form>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page and the headers it is sent with."""

    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Site:
    """Serves `pages` by path; what is posted to it is in `posts`, as (path, body)."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.posts: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(
        self, body: str, *, path: str = "/contact", head: str = "", csp: str = "", lang: str = "en"
    ) -> str:
        """Makes a page of `body` and gives its address."""
        html = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Contact</title>'
            f'<link rel="icon" href="data:,">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{head}</head><body>{body}</body></html>"
        )
        self.pages[path] = Page(html=html, headers={"Content-Security-Policy": csp} if csp else {})
        return self.origin + path

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                page = site.pages.get(self.path.split("?")[0])
                self._send(200 if page else 404, page or Page(html="no such page"))

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                site.posts.append((self.path, self.rfile.read(length).decode()))
                self._send(200, Page(html="<title>Received</title><p>Received by the site itself"))

            def _send(self, status: int, page: Page) -> None:
                content = page.html.encode()
                self.send_response(status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **page.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet: what matters is in `posts`."""

        return Handler
