"""What all tests share: an exported model, data folders that use it, and the command itself."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings

# Before numpy is imported: two tests at once, each with a thread for every core, take ten times as long.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "tests"
# What a snapshot depends on beside the articles.
MAKERS = ("kb/content", "kb/index", "kb/search", "indexer")

# A busy machine is no mistake of the code. Explaining a failure traces every line of every example, in which
# Python 3.11.2 was seen to go round for ever beside the threads of other tests.
hypothesis_settings.register_profile(
    "selfhelp",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
hypothesis_settings.load_profile("selfhelp")


@pytest.fixture(scope="session")
def model() -> Path:
    """The default model, exported once and kept for later runs."""
    from centre import MODEL

    from indexer.models import ensure_model

    (CACHE / "models").mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / ".exporting"):
        made = ensure_model(MODEL, CACHE, lambda _full, _small: True, lambda _doing: None)
    return CACHE / "models" / made


@pytest.fixture(scope="session")
def models(model: Path) -> Path:
    """A folder of models that holds the default one."""
    return model.parent


@pytest.fixture
def data(tmp_path: Path, models: Path) -> Path:
    """A data folder in which nothing is published, but the default model is exported."""
    made = tmp_path / "data"
    made.mkdir()
    (made / "models").symlink_to(models)
    return made


@pytest.fixture(scope="session")
def help_centre(models: Path) -> Path:
    """A data folder in which the project's English articles are published; not to be written to."""
    from centre import publish

    made = CACHE / f"articles-{_fingerprint()}"
    with FileLock(CACHE / ".publishing"):
        if not (made / "CURRENT").exists():
            for old in CACHE.glob("articles-*"):
                shutil.rmtree(old)
            made.mkdir()
            (made / "models").symlink_to(models)
            shutil.copytree(ROOT / "articles/en", made / "articles/en")
            publish(made / "articles", made)
    return made


def _fingerprint() -> str:
    """Changes with the articles and with the code that makes snapshots of them."""
    digest = sha256()
    for folder in ("articles/en", *MAKERS):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".md", ".py"):
                digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str


Selfhelp = Callable[..., Ran]


@pytest.fixture
def selfhelp(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Selfhelp:
    """Runs `selfhelp` in a folder where `data` is the data folder and no setting is made."""
    from kb.cli import main

    assert data == tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SELFHELP_"):
            monkeypatch.delenv(name)

    def run(*arguments: str | Path) -> Ran:
        given: Sequence[str] = ["selfhelp", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", given)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ran(status=int(ended.value.code or 0), out=printed.out, err=printed.err)

    return run
