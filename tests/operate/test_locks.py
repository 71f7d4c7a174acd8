"""A lock file that another user made, as one run by root leaves it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.lock import WHO, only_one
from kb.locks import locked
from kb.operate.check_folders import check_data
from kb.settings import Settings
from kb.usage.refresh_lock import refresh_lock

SOMEBODY = 12345
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")


@as_root
def test_what_root_locks_stays_the_folders_owners(tmp_path: Path) -> None:
    os.chown(tmp_path, SOMEBODY, SOMEBODY)
    with refresh_lock(tmp_path), only_one(tmp_path, print):
        pass
    assert {tmp_path.joinpath(name).stat().st_uid for name in (".refreshing", ".indexing")} == {SOMEBODY}


def test_a_lock_that_this_user_may_not_open_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, selfhelp: Callable[..., Any], data: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (data / ".refreshing").touch()
    (data / "selfhelp.sqlite3").touch()
    monkeypatch.setattr("kb.locks.FileLock.acquire", refuse)
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: access(path, mode) and ".refresh" not in str(path))
    ran = selfhelp("prune")
    assert ran.status == 2
    assert f"{data}/.refreshing: this user may not open it" in ran.err
    assert f"chown --reference={data} {data}/.refreshing" in ran.err
    found = [one for one in check_data(Settings(data=data)) if ".refreshing" in one.text]
    assert [(one.level, "chown" in one.remedy) for one in found] == [("fail", True)]


def test_who_indexes_is_only_told_where_it_can_be(tmp_path: Path) -> None:
    """On a full disk going back to the snapshot before is what helps."""
    (tmp_path / WHO).mkdir()
    with only_one(tmp_path, print), locked(tmp_path / "another", print):
        pass
