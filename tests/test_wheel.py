"""What pip installs is all that serving needs: the checkout may be gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import get, serving

ROOT = Path(__file__).parents[1]
PACKAGES = ("kb", "indexer", "search_api", "widget")
SOURCES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content alone; built of a copy, since that writes beside its sources."""
    work = tmp_path_factory.mktemp("wheel")
    checkout, wheels, target = work / "checkout", work / "wheels", work / "installed"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in SOURCES:
        shutil.copy(ROOT / name, checkout)
    build = ("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), ".")
    subprocess.run([*PIP, *build], cwd=checkout, check=True)
    (wheel,) = wheels.iterdir()
    subprocess.run([*PIP, "install", "--no-deps", "--target", str(target), str(wheel)], check=True)
    shutil.rmtree(checkout)
    return target


@pytest.fixture(scope="module")
def environment(installed: Path) -> dict[str, str]:
    """Where Python finds the installed packages first, and the checkout by no path of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SELFHELP_", "PYTHON"))}
    return kept | {"PYTHONPATH": str(installed)}


@pytest.fixture(scope="module")
def address(
    installed: Path, environment: dict[str, str], help_centre: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("elsewhere")
    database = f"sqlite:///{folder}/selfhelp.sqlite3"
    env = environment | {"SELFHELP_DATABASE_URL": database, "SELFHELP_ADMIN_TOKENS": "anna:" + "t" * 32}
    command = [
        sys.executable,
        installed / "bin/selfhelp",
        "serve",
        "--port",
        "0",
        "--demo",
        "--data",
        help_centre,
    ]
    with serving(command, env, folder) as address:
        yield address


def test_what_runs_is_what_was_installed(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    code = (
        "import json, kb.cli, indexer.run, search_api.app, widget\n"
        "print(json.dumps([m.__file__ for m in (kb.cli, indexer.run, search_api.app, widget)]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(Path(file).is_relative_to(installed) for file in json.loads(ran.stdout))


def test_every_file_of_the_packages_is_in_the_wheel(installed: Path) -> None:
    """But for what only the checkout needs: caches and the widget's type declarations."""
    kinds = (".py", ".js", ".css", ".html", ".json", ".svg", ".png")
    for name in PACKAGES:
        for path in (ROOT / name).rglob("*"):
            if path.suffix in kinds and "cache" not in str(path):
                assert (installed / path.relative_to(ROOT)).is_file(), path


def test_the_widget_is_served_from_it(address: str) -> None:
    """The module that a page names, and whatever it imports or fetches in turn."""
    assert b"import.meta.url" in get(f"{address}/widget/selfhelp.js")
    for path in sorted((ROOT / "widget").rglob("*")):
        if path.suffix in (".js", ".css", ".json"):
            assert get(f"{address}/{path.relative_to(ROOT)}"), path.name


def test_pages_assets_and_the_database_come_from_it(address: str) -> None:
    page = get(f"{address}/help/en/black-screen").decode()
    assert "<h1" in page
    assert "selfhelp.js" in get(address).decode()
    linked = page + get(address).decode() + get(f"{address}/admin/login").decode()
    for asset in sorted((ROOT / "search_api/assets").iterdir()):
        href = next(part for part in linked.split('"') if f"/{asset.name}" in part)
        assert get(address + href)
    assert get(f"{address}/openapi.json")


def test_the_installed_command_indexes_and_searches(
    installed: Path, environment: dict[str, str], models: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/models").symlink_to(models)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/refund.md").write_text("# Get a refund\n\nWe pay.\n")
    for arguments in (["index"], ["search", "--all", "refund"]):
        command = [sys.executable, str(installed / "bin/selfhelp"), *arguments]
        ran = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
    assert "Get a refund" in ran.stdout
