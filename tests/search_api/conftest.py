from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from whole_server import Server


@pytest.fixture(scope="session")
def copied_centre(help_centre: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes a data folder with published articles, to be written to and broken."""
    own = tmp_path_factory.mktemp("centre")
    shutil.copytree(help_centre / "snapshots", own / "snapshots")
    shutil.copy(help_centre / "CURRENT", own)
    (own / "models").symlink_to((help_centre / "models").resolve())

    def copy() -> Path:
        return Path(shutil.copytree(own, tmp_path_factory.mktemp("data") / "data", symlinks=True))

    return copy


@pytest.fixture
def centre(copied_centre: Callable[[], Path]) -> Path:
    return copied_centre()


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def make(**settings: Any) -> Server:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Server(folder, **settings))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    return make_server()
