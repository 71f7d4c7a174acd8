"""The HTTP server: waitress, with errors in our shape and an end that loses no request."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from kb.errors import SettingsError
from kb.settings import Settings
from search_api.connections import Channel, Patience, small_bodies, sweep
from search_api.lanes import Lanes
from search_api.last_call import last_call
from search_api.proxies import address_of, is_trusted, networks

DRAIN_SECONDS: Final = 10
LINGER_SECONDS: Final = 1
"""Who has connected, or asked, within this time may be sending: closed at once, they would be cut off."""
SWEEP_SECONDS: Final = 1
NEVER_SECONDS: Final = 10**9
BODY_MARGIN: Final = 64 * 1024
"""Room above the largest ticket, so that the application refuses what is a little too large itself."""
INPUT_IN_MEMORY: Final = 64 * 1024
"""Longer bodies wait in a file: a thousand tickets that arrive slowly must not fill the memory."""
MAX_HEADER_BYTES: Final = 32 * 1024
CONNECTIONS: Final = 1000
CROWDED: Final = 800
CONNECTIONS_OF_ONE_ADDRESS: Final = 250
USUAL: Final = Patience()
FILES: Final = 4096
"""Open files asked of the system, which often allows only 1024 unless asked."""


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


class _Listener(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """Accepts connections, so many of one address; a proxy that is trusted speaks for many."""

    channel_class = Channel

    def __init__(self, *arguments: Any, settings: Settings, **named: Any) -> None:
        self.allowed_origins = settings.allowed_origins
        self.ending = False
        self._trusted = networks(settings.trusted_proxies)
        self._by_address: Counter[str] = Counter()
        super().__init__(*arguments, **named)

    def arrived(self, channel: Channel) -> None:
        """With too many of its address, an idle one makes room; if there is none, the new one goes."""
        address = str(channel.addr[0])
        self._by_address[address] += 1
        if self._by_address[address] <= CONNECTIONS_OF_ONE_ADDRESS or self._speaks_for_many(address):
            return
        others = (one for one in self.active_channels.values() if one.addr[0] == address and one.is_idle())
        oldest = min((one for one in others if not one.will_close), key=_quiet_since, default=channel)
        oldest.will_close = True

    def close_politely(self) -> None:
        """Listens no longer, once those who are connected already and wait in the system's queue are in."""
        self.ending = True
        last_call(self.socket)
        known = -1
        while known < len(self.active_channels):
            known = len(self.active_channels)
            self.handle_accept()
        wasyncore.dispatcher.close(self)

    def left(self, channel: Channel) -> None:
        address = str(channel.addr[0])
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def _speaks_for_many(self, address: str) -> bool:
        found = address_of(address)
        return found is not None and is_trusted(found, self._trusted)


class Server:
    """Answers on a listening socket until stopped, then finishes the requests in flight.

    `refused` is called for each suggestion refused because too many wait: the application never sees it.
    """

    def __init__(
        self,
        app: Flask,
        listening: socket.socket,
        settings: Settings,
        *,
        refused: Callable[[], None] = lambda: None,
        patience: Patience = USUAL,
    ) -> None:
        _allow_files()
        self._sockets: dict[int, Any] = {}
        self._stopping = False
        self._patience = patience
        self._next_sweep = 0.0
        self._server = _Listener(
            app,
            self._sockets,
            True,
            listening,
            dispatcher=Lanes(settings.threads, refused),
            adj=small_bodies(_adjustments(settings), settings.max_body_bytes + 1),
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            bind_socket=False,
            settings=settings,
        )

    def run(self) -> None:
        """Returns once stopped and drained."""
        while not self._stopping:
            self._turn(1)
        self._server.close_politely()
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
        now = time.monotonic()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            channels = list(self._server.active_channels.values())
            sweep(channels, now, self._patience, crowded=len(channels) >= CROWDED)

    def _in_flight(self) -> bool:
        """Whether a request is being read, worked on or answered, or may be on its way."""
        recent = time.monotonic() - LINGER_SECONDS
        channels = list(self._server.active_channels.values())
        return any(not one.is_idle() or one.quiet_since > recent for one in channels)


def _adjustments(settings: Settings) -> Any:
    return Adjustments(
        # Ours goes by a clock that nobody sets, and knows slow from idle.
        channel_timeout=NEVER_SECONDS,
        connection_limit=CONNECTIONS,
        inbuf_overflow=INPUT_IN_MEMORY,
        max_request_header_size=MAX_HEADER_BYTES,
        max_request_body_size=settings.max_ticket_bytes + BODY_MARGIN,
        # The application reads them, and knows whom to believe.
        clear_untrusted_proxy_headers=False,
        ident=None,
    )


def _quiet_since(channel: Channel) -> float:
    return channel.quiet_since


def _allow_files() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < FILES:
            most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
