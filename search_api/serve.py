"""`selfhelp serve`."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Final

import click
from threadpoolctl import threadpool_limits

from kb.search.engine import Engine
from kb.settings import Settings, load_settings
from kb.store.store import Store, database_url
from kb.usage.lift import said_at_setup
from search_api.app import create_app
from search_api.canary import Canary
from search_api.codes import ArticleCodes
from search_api.log_format import start_logging
from search_api.query_log import QueryLog
from search_api.rates import RateLimits
from search_api.refreshing import NOTICE_SECONDS, Refresher, Repeated
from search_api.server import Server, listen
from search_api.services import Services
from search_api.signing import Signer, secret_of
from search_api.tracing import start_tracing
from search_api.watching import Watcher, freeze

SWITCH_SECONDS: Final = 0.0001
"""How long a thread that loads a snapshot or writes the log may keep one that answers waiting. That one gives
up its turn a dozen times, to the encoder or the network, and waits each time: Python's own is 5 ms."""


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0: any free one.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of snapshots, models and the database.")
@click.option("--demo", is_flag=True, default=None, help="Serve a support form with the widget at /.")
def serve(host: str | None, port: int | None, data: Path | None, demo: bool | None) -> None:
    """Serve the published snapshot: suggestions, help pages and the widget.

    Listens at once; /readyz says when the snapshot is loaded. A snapshot published later is picked up.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    # Requests are answered side by side; one whose product of matrices spreads over all processors
    # waits for those that are busy with others, which costs ten times what it wins.
    threadpool_limits(limits=1)
    settings = load_settings(host=host, port=port, data=data, demo=demo)
    start_logging(settings)
    with listen(settings.host, settings.port) as listening:
        _serve(settings, listening)


def _serve(settings: Settings, listening: socket.socket) -> None:
    services = make_services(settings)
    watcher = Watcher(services.engine, taken=freeze)
    server = Server(create_app(services), listening, settings, refused=services.metrics.refused)
    canary = Canary(services, listening.getsockname())
    refresher = Refresher(settings.data, services.store, services.engine)
    beside = _beside(services, refresher)

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    watcher.start()
    canary.start()
    for one in beside:
        one.start()
    click.echo(f"Open {address_of(listening)} (Ctrl+C stops)")
    if settings.holdout:
        logging.getLogger(__name__).info(said_at_setup(settings.holdout))
    try:
        server.run()
    finally:
        watcher.stop()
        canary.stop()
        refresher.stop()
        for one in beside:
            one.stop()
        services.log.close()
        services.store.close()
        if services.tracing:
            services.tracing.close()


def _beside(services: Services, refresher: Refresher) -> list[Repeated]:
    """What goes on beside answering: reading notices, and bringing gaps up to date unless that is off."""
    notices = Repeated(
        "notices", NOTICE_SECONDS, lambda: services.notices.look(services.store, services.engine)
    )
    minutes = services.settings.refresh_minutes
    return [notices, Repeated("gaps", 60 * minutes, refresher)] if minutes else [notices]


def make_services(settings: Settings) -> Services:
    """Everything behind the routes; no snapshot is loaded yet. Raises StoreError or SettingsError."""
    signer = Signer(secret_of(settings.data, settings.secret))
    engine = Engine(settings.data, floor=settings.floor)
    store = Store.open(database_url(settings.data, settings.database_url))
    return Services(
        engine=engine,
        store=store,
        settings=settings,
        signer=signer,
        log=QueryLog(store, codes=ArticleCodes(engine)),
        rates=RateLimits(settings),
        tracing=start_tracing(settings.traces_url),
    )


def address_of(listening: socket.socket) -> str:
    """What to type into a browser."""
    host, port = listening.getsockname()[:2]
    name = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{name}:{port}"
