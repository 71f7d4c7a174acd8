"""The one secret of an installation, and the names that only who has it can hash."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from kb.errors import SettingsError

SECRET_FILE: Final = "secret"  # noqa: S105  the name of a file, not a secret
SECRET_BYTES: Final = 32


def keyed(secret: bytes, purpose: str, name: str) -> bytes:
    """32 bytes that nobody without the secret can make of this name for this purpose."""
    return hmac.digest(secret, f"{purpose}:{name}".encode(), "sha256")


def person_of(secret: bytes, name: str) -> str:
    """How a person of this name is known in the database: 32 hexadecimal digits."""
    return keyed(secret, "person", name).hex()[:32]


def sender_of(secret: bytes, email: str) -> str:
    """How the sender of tickets from this address is known there, however it is capitalised."""
    return person_of(secret, email.casefold())


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
