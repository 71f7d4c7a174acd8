"""Ids that only this server can have made, and names that only it can have hashed.

A signed session is `id.signature`; a signed query is `id.signature`, the signature covering the session
too, so that no session can speak of another's questions. Only the part before the dot is ever stored.
"""

from __future__ import annotations

import hashlib
import secrets

from itsdangerous import BadSignature
from itsdangerous import Signer as Seal

from kb.secret import keyed, person_of, secret_of
from kb.store.canary import CANARY

__all__ = ["Signer", "secret_of", "traffic_of"]

ID_BYTES = 16
CANARY_MARK = "canary:"
"""Begins ids of the canary's sessions. Only who has the secret can sign one, and with it the mark."""


class Signer:
    """Makes and checks ids with one secret. Stateless, so that several servers can share the secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._session = _seal(secret, "session")
        self._query = _seal(secret, "query")

    def new_session(self) -> str:
        """An id of a session, unsigned."""
        return secrets.token_urlsafe(ID_BYTES)

    def new_canary(self) -> str:
        """An id of a session of the server's own, unsigned; no session of a customer is named so."""
        return CANARY_MARK + self.new_session()

    def sign_session(self, session: str) -> str:
        return self._session.sign(session).decode()

    def session(self, signed: str | None) -> str | None:
        """The id that was signed; None when this server did not sign it."""
        try:
            return self._session.unsign(signed).decode() if signed else None
        except BadSignature:
            return None

    def new_query(self, session: str) -> tuple[str, str]:
        """An id of a query of this session, unsigned and signed."""
        query = secrets.token_urlsafe(ID_BYTES)
        return query, f"{query}.{self._query.get_signature(f'{query}.{session}').decode()}"

    def query(self, signed: str | None, session: str) -> str | None:
        """The query's id; None when this server did not sign it for this session."""
        query, _, signature = (signed or "").rpartition(".")
        known = self._query.verify_signature(f"{query}.{session}".encode(), signature)
        return query if known else None

    def person(self, name: str | None) -> str | None:
        """The keyed hash by which a person is known here: 32 hexadecimal digits; None for nobody."""
        return person_of(self._secret, name) if name else None

    def share(self, name: str) -> float:
        """A number in [0, 1) that stays the same for a name, to divide people by."""
        return int.from_bytes(self._hash("share", name)[:6]) / 2**48

    def key(self, purpose: str) -> bytes:
        """A secret for this purpose alone, made of the one all have in common."""
        return self._hash("key", purpose)

    def _hash(self, purpose: str, name: str) -> bytes:
        return keyed(self._secret, purpose, name)


def _seal(secret: bytes, purpose: str) -> Seal:
    return Seal(secret, salt=f"selfhelp.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


def traffic_of(session: str) -> str | None:
    """Who came, as far as a session's id says: `canary`, else None."""
    return CANARY if session.startswith(CANARY_MARK) else None
