"""The HTTP server: waitress, with errors in our shape and an end that loses no request."""

from __future__ import annotations

import os
import socket
import time
from typing import Any, Final

from flask import Flask
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from kb.errors import SettingsError
from kb.settings import Settings
from search_api.models import ErrorAnswer, ErrorDetail

IDLE_SECONDS: Final = 120
DRAIN_SECONDS: Final = 10
BODY_MARGIN: Final = 64 * 1024
"""Room above the largest ticket, so that the application refuses what is a little too large itself."""
CONNECTIONS: Final = 1000


class _ShapedError(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """What waitress refuses before the application sees it: broken or enormous requests."""

    def execute(self) -> None:
        problem = self.request.error
        code = problem.reason.lower().replace(" ", "_")
        detail = ErrorDetail(status=problem.code, code=code, detail="The request cannot be taken.")
        body = ErrorAnswer(error=detail).model_dump_json().encode()
        self.status = f"{problem.code} {problem.reason}"
        self.content_length = len(body)
        self.response_headers += [
            ("Content-Length", str(len(body))),
            ("Content-Type", "application/json"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        self.set_close_on_finish()
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    error_task_class = _ShapedError


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, before anything slow happens. Raises SettingsError if it cannot."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise SettingsError(
            f"cannot listen on {host}:{port}: {why}; choose another with --port or SELFHELP_PORT"
        ) from error


class Server:
    """Answers on a listening socket until stopped, then finishes the requests in flight."""

    def __init__(self, app: Flask, listening: socket.socket, settings: Settings) -> None:
        self._sockets: dict[int, Any] = {}
        self._stopping = False
        self._server = create_server(
            app,
            map=self._sockets,
            sockets=[listening],
            threads=settings.threads,
            channel_timeout=IDLE_SECONDS,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
            max_request_body_size=settings.max_ticket_bytes + BODY_MARGIN,
            ident=None,
        )
        self._server.channel_class = _Channel

    def run(self) -> None:
        """Returns once stopped and drained."""
        while not self._stopping:
            self._turn(1)
        wasyncore.dispatcher.close(self._server)
        until = time.monotonic() + DRAIN_SECONDS
        while self._in_flight() and time.monotonic() < until:
            self._turn(0.05)
        self._server.task_dispatcher.shutdown()
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        wasyncore.close_all(self._sockets)

    def stop(self) -> None:
        """May be called from a signal handler or another thread."""
        self._stopping = True
        self._server.pull_trigger()

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=self._sockets, use_poll=True, count=1)

    def _in_flight(self) -> bool:
        """Whether a request is being read, worked on or answered; idle connections do not count."""
        channels = list(self._server.active_channels.values())
        return any(one.request or one.requests or one.total_outbufs_len for one in channels)
