"""GET /metrics, for Prometheus alone."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Final

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from search_api.errors import HttpError
from search_api.gauges import Gauges
from search_api.hosts import host_name, is_loopback
from search_api.proxies import FORWARDED
from search_api.services import Services

OF_PROXIES: Final = ("X-Real-Ip", "Via")


def metrics_page(services: Services) -> Blueprint:
    routes = Blueprint("metrics", __name__)
    registry = services.metrics.registry
    registry.register(Gauges(services.engine, services.store, services.log))
    token = services.settings.metrics_token

    @routes.get("/metrics")
    def show() -> Response:
        if not (_has(token) if token else _from_this_machine()):
            raise HttpError(403, "forbidden", "Not shown to everybody: see SELFHELP_METRICS_TOKEN.")
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return routes


def _has(token: str) -> bool:
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _from_this_machine() -> bool:
    """Whether a program on this machine asks for itself: a proxy on it speaks for anybody."""
    try:
        here = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    forwarded = request.environ.get(FORWARDED) or any(name in request.headers for name in OF_PROXIES)
    return here and not forwarded and is_loopback(host_name(request.host))
