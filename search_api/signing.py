"""Ids that only this server can have made, and names that only it can have hashed.

A signed session is `id.signature`; a signed query is `id.signature`, the signature covering the session
too, so that no session can speak of another's questions. Only the part before the dot is ever stored.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature
from itsdangerous import Signer as Seal

from kb.errors import SettingsError

SECRET_FILE = "secret"  # noqa: S105  the name of a file, not a secret
SECRET_BYTES = 32
ID_BYTES = 16


class Signer:
    """Makes and checks ids with one secret. Stateless, so that several servers can share the secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._session = _seal(secret, "session")
        self._query = _seal(secret, "query")

    def new_session(self) -> str:
        """An id of a session, unsigned."""
        return secrets.token_urlsafe(ID_BYTES)

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
        return self._hash("person", name).hex()[:32] if name else None

    def share(self, name: str) -> float:
        """A number in [0, 1) that stays the same for a name, to divide people by."""
        return int.from_bytes(self._hash("share", name)[:6]) / 2**48

    def _hash(self, purpose: str, name: str) -> bytes:
        return hmac.digest(self._secret, f"{purpose}:{name}".encode(), "sha256")


def _seal(secret: bytes, purpose: str) -> Seal:
    return Seal(secret, salt=f"selfhelp.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


def secret_of(data: Path, setting: str) -> bytes:
    """The secret that is set, or that of the data folder, made there the first time.

    Raises SettingsError when the file cannot be made or read.
    """
    if setting:
        return setting.encode()
    path = data / SECRET_FILE
    try:
        if not path.exists():
            _make_secret(path)
        secret = path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; or set SELFHELP_SECRET") from error
    if not secret:
        raise SettingsError(f"{path} is empty: delete it, and a new one is made")
    return secret


def _make_secret(path: Path) -> None:
    """Appears whole or not at all; of several processes that start together one makes it for all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{SECRET_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
