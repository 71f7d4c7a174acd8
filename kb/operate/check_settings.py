"""Settings that are possible and yet seldom meant."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from kb.operate.finding import Finding, fail, ok, warn
from kb.settings import FLOOR, RATE_OFF, Settings

SHORT: Final = 32
SHORT_TOKEN: Final = 16
HIGH_FLOOR: Final = 0.9
HALF: Final = 0.5


def check_settings(settings: Settings) -> Iterator[Finding]:
    found = [*_secrets(settings), *_origins(settings), *_answers(settings), *_open(settings)]
    yield from found or [ok("settings", "nothing looks wrong")]


def _secrets(settings: Settings) -> Iterator[Finding]:
    make = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
    if settings.secret and len(settings.secret) < SHORT:
        yield fail("settings", f"SELFHELP_SECRET has fewer than {SHORT} characters: ids can be forged", make)
    if settings.metrics_token and len(settings.metrics_token) < SHORT_TOKEN:
        yield warn("settings", f"SELFHELP_METRICS_TOKEN has fewer than {SHORT_TOKEN} characters", make)


def _origins(settings: Settings) -> Iterator[Finding]:
    name = "SELFHELP_ALLOWED_ORIGINS"
    if "*" in settings.allowed_origins and settings.admin_tokens:
        text = f"{name} is `*` on a server with admins: any page on the web may ask it"
        yield warn("settings", text, "name the sites that embed the widget")
    for origin in settings.allowed_origins:
        parts = urlsplit(origin)
        if origin != "*" and (not parts.scheme or not parts.netloc or parts.path or parts.query):
            yield fail(
                "settings", f"{name}: {origin!r} matches no page", "write it as https://host, without a path"
            )
        elif parts.scheme == "http" and not _here(parts.hostname or ""):
            yield warn("settings", f"{name}: {origin} is not encrypted", "serve the form over https")


def _answers(settings: Settings) -> Iterator[Finding]:
    if settings.floor == 0:
        yield warn(
            "settings", "SELFHELP_FLOOR is 0: something is suggested for everything", f"leave it at {FLOOR:g}"
        )
    if settings.floor >= HIGH_FLOOR:
        text = f"SELFHELP_FLOOR is {settings.floor:g}: next to nothing is suggested"
        yield warn("settings", text, f"leave it at {FLOOR:g}")
    if settings.holdout > HALF:
        text = f"SELFHELP_HOLDOUT is {settings.holdout:.0%}: most people are shown nothing"
        yield warn("settings", text, "10 % is enough to measure with")


def _open(settings: Settings) -> Iterator[Finding]:
    """A server that others can reach."""
    if any(ip_network(one, strict=False).prefixlen == 0 for one in settings.trusted_proxies):
        text = "SELFHELP_TRUSTED_PROXIES trusts everybody: any client can claim any address"
        yield fail("settings", text, "name the proxy's own address")
    if _here(settings.host):
        return
    if not settings.allowed_hosts:
        text = f"SELFHELP_HOST is {settings.host} and SELFHELP_ALLOWED_HOSTS is empty: it answers to any name"
        yield warn("settings", text, "name the host names it is reached by")
    if not settings.trusted_proxies:
        text = f"SELFHELP_HOST is {settings.host} without a proxy named in SELFHELP_TRUSTED_PROXIES"
        yield warn("settings", text, "put a proxy with TLS before it, or listen on 127.0.0.1")
    if settings.rate_limit == RATE_OFF:
        yield warn("settings", "SELFHELP_RATE_LIMIT is off on a public address", "leave it at its default")
    if settings.demo:
        yield warn("settings", "SELFHELP_DEMO is on for a public address", "turn it off")


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
