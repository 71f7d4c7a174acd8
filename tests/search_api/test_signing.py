from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import SettingsError
from search_api.signing import Signer, secret_of

SIGNER = Signer(b"a secret")


def test_a_signed_id_is_known_again_and_by_the_same_secret_only() -> None:
    session = SIGNER.new_session()
    signed = SIGNER.sign_session(session)
    assert SIGNER.session(signed) == session
    assert Signer(b"another").session(signed) is None


def test_a_query_belongs_to_one_session() -> None:
    query, signed = SIGNER.new_query("ours")
    assert SIGNER.query(signed, "ours") == query
    assert SIGNER.query(signed, "theirs") is None
    assert Signer(b"another").query(signed, "ours") is None


def test_a_signed_session_is_no_signed_query() -> None:
    assert SIGNER.query(SIGNER.sign_session("x"), "x") is None
    assert SIGNER.session(SIGNER.new_query("x")[1]) is None


@given(st.text() | st.none())
def test_whatever_else_is_sent_is_not_known(text: str | None) -> None:
    assert SIGNER.session(text) is None
    assert SIGNER.query(text, "s") is None


def test_a_person_is_known_by_a_hash_that_needs_the_secret() -> None:
    assert SIGNER.person("ann") == SIGNER.person("ann") != Signer(b"another").person("ann")
    assert SIGNER.person("") is SIGNER.person(None) is None


@given(st.text())
def test_a_share_is_a_share(name: str) -> None:
    assert 0 <= SIGNER.share(name) < 1


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: secret_of(data, ""), range(8)))
    assert len(secrets) == 1
    assert stat.S_IMODE((data / "secret").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["secret"]


def test_a_secret_that_is_set_needs_no_file(tmp_path: Path) -> None:
    assert secret_of(tmp_path / "none", "given") == b"given"
    assert not (tmp_path / "none").exists()


def test_a_secret_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(SettingsError, match="is empty"):
        secret_of(tmp_path, "")
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="SELFHELP_SECRET"):
        secret_of(tmp_path / "file", "")
