"""Somebody at /admin: logs in as a browser does and sends the forms that the pages hold."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from whole_server import Server

TOKEN = "a-token-that-nobody-guesses"
TOKENS = (f"anna:{TOKEN}", "ben:another-token-of-some-length")


class AdminVisitor:
    """A browser of its own at a server; `log_in` lets it in."""

    def __init__(self, server: Server, host: str = "localhost") -> None:
        self.server = server
        self.client: FlaskClient = server.app.test_client()
        self.origin = f"http://{host}"

    def get(self, path: str, **sent: Any) -> TestResponse:
        return self.client.get(path, base_url=self.origin, **sent)

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.text

    def post(self, path: str, data: dict[str, Any], *, form_of: str = "") -> TestResponse:
        """With the token of the form on the page `form_of`, if it is named."""
        csrf = {"csrf": csrf_of(self.page(form_of))} if form_of else {}
        return self.client.post(path, data={**csrf, **data}, base_url=self.origin)

    def log_in(self, token: str = TOKEN, **fields: str) -> TestResponse:
        return self.post("/admin/login", {"token": token, **fields}, form_of="/admin/login")


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found, page
    return found[1]
