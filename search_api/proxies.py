"""Who is calling, when a proxy stands in between: what proxies say is believed of those that are named.

Waitress trusts one address and werkzeug's ProxyFix whoever connects, and both count hops; networks are what
people who run proxies know.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

logger = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

PREFIX: Final = "HTTP_X_FORWARDED_"
FORWARDED: Final = "selfhelp.forwarded"
"""In the environment: whether a proxy, known or not, said that it speaks for somebody."""
SCHEMES: Final = ("http", "https")
IPV6_SUBSCRIBER: Final = 64
"""Bits of an IPv6 address that tell subscribers apart; the others a subscriber chooses at will."""


def networks(named: Sequence[str]) -> tuple[Network, ...]:
    """Networks or single addresses. Raises ValueError for what is neither."""
    return tuple(ip_network(name, strict=False) for name in named)


class TrustedProxies:
    """Puts the client's address, scheme and host in the place of the proxy's, if the proxy is trusted.

    `X-Forwarded-For` is read from the right, as far as trusted proxies wrote it: what a client put there
    itself stands further left. From others these headers are thrown away.
    """

    def __init__(self, app: Wsgi, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted
        self._told = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        said = {name: environ.pop(name) for name in list(environ) if name.startswith(PREFIX)}
        environ[FORWARDED] = bool(said) or environ.pop("HTTP_FORWARDED", None) is not None
        if said:
            peer = address_of(environ.get("REMOTE_ADDR", ""))
            if peer and is_trusted(peer, self._trusted):
                self._believe(environ, said, peer)
            else:
                self._tell(str(peer))
        return self._app(environ, start_response)

    def _believe(self, environ: dict[str, Any], said: dict[str, str], peer: Address) -> None:
        environ["REMOTE_ADDR"] = str(self._client(said.get(f"{PREFIX}FOR", ""), peer))
        scheme = _last(said.get(f"{PREFIX}PROTO", "")).lower()
        if scheme in SCHEMES:
            environ["wsgi.url_scheme"] = scheme
        if host := _last(said.get(f"{PREFIX}HOST", "")):
            environ["HTTP_HOST"] = host

    def _client(self, chain: str, peer: Address) -> Address:
        """The first from the right that is no trusted proxy; what is unreadable ends the chain."""
        client = peer
        for hop in reversed(chain.split(",")):
            found = address_of(hop)
            if found is None:
                break
            client = found
            if not is_trusted(found, self._trusted):
                break
        return client

    def _tell(self, peer: str) -> None:
        """Once: whoever runs an unnamed proxy has all its visitors count as one address."""
        if not self._told:
            self._told = True
            logger.warning(
                "%s sends X-Forwarded-… headers and is not believed: "
                "if it is your proxy, name it in SELFHELP_TRUSTED_PROXIES",
                peer,
            )


def is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def address_of(text: str) -> Address | None:
    """An address as proxies write it, with or without a port; None for anything else.

    >>> address_of(" 192.0.2.7:4711"), address_of("[2001:db8::7]:443"), address_of("unknown")
    (IPv4Address('192.0.2.7'), IPv6Address('2001:db8::7'), None)
    """
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found


def subscriber(address: str) -> str:
    """What one party commands: an IPv4 address, or the network that an IPv6 address is in.

    >>> subscriber("192.0.2.7"), subscriber("2001:db8:1:2:3::4")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    found = address_of(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, IPV6_SUBSCRIBER), strict=False))
    return str(found or address)


def _last(values: str) -> str:
    """What the nearest proxy said."""
    return values.rpartition(",")[2].strip()
