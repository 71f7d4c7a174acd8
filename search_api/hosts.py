"""Which names this server answers to.

A page of another site whose name is suddenly made to mean 127.0.0.1 (DNS rebinding) could else read what only
this machine can reach. Nothing here is derived from the name asked for, so a public server may leave it open.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from flask import request

from kb.settings import Settings
from search_api.errors import HttpError
from search_api.kinds import kind_of

LOOPBACK: Final = "localhost"


def allowed_hosts(settings: Settings) -> tuple[str, ...] | None:
    """The names in the settings; without any, a server on a loopback address has none. None: any name.

    Names beside addresses and `localhost`, which are always fine: nobody can make them mean another machine.
    """
    if settings.allowed_hosts:
        return tuple(host.lower() for host in settings.allowed_hosts)
    return () if is_loopback(settings.host) and not settings.trusted_proxies else None


def check_host(allowed: tuple[str, ...] | None) -> None:
    """Raises HttpError 421 for a request to another name; whoever probes this machine may use any."""
    if allowed is None or kind_of(request.path) == "probes":
        return
    host = host_name(request.environ.get("HTTP_HOST", ""))
    if not (_is_address(host) or host == LOOPBACK or any(_fits(host, one) for one in allowed)):
        raise HttpError(
            421,
            "wrong_host",
            "This server does not answer to that name; its owner can add it to SELFHELP_ALLOWED_HOSTS.",
        )


def host_name(header: str) -> str:
    """A Host header's name, without port, brackets and final dot, in lower case.

    >>> host_name("Help.Example.:8000"), host_name("[::1]:8000")
    ('help.example', '::1')
    """
    header = header.strip().lower()
    name = header[1:].partition("]")[0] if header.startswith("[") else header.partition(":")[0]
    return name.removesuffix(".")


def _fits(host: str, allowed: str) -> bool:
    return host == allowed or (allowed.startswith(".") and host.endswith(allowed))


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a name can only mean this machine."""
    return ip_address(host).is_loopback if _is_address(host) else host == LOOPBACK
