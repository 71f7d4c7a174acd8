from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kb.store.store import Store


@pytest.fixture
def data(data: Path) -> Path:
    """One with a database in which nothing is."""
    Store.open(f"sqlite:///{data}/selfhelp.sqlite3").close()
    return data


def test_the_digest_is_printed_as_markdown(selfhelp: Any) -> None:
    ran = selfhelp("digest")
    assert ran.status == 0
    assert ran.out.startswith("# Selfhelp, ")
    assert "Nothing: no question that two people asked" in ran.out


def test_sending_without_a_server_says_what_to_set(selfhelp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFHELP_SMTP_HOST", "127.0.0.1")
    ran = selfhelp("digest", "--send")
    assert ran.status == 2
    assert "SELFHELP_SMTP_FROM, SELFHELP_DIGEST_TO" in ran.err
