"""A real Chromium, a customer's site and an API beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from served import Served
from site_of_customer import Site
from slow_api import SlowApi

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT_MS = 5000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert path, "no Chromium found: install Debian's package `chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1100, "height": 800}, color_scheme="light")
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script may fail and no policy be broken; requests may."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda message: (
            wrong.append(message.text)
            if message.type in ("error", "warning")
            and "Failed to load resource" not in message.text
            and "blocked by CORS policy" not in message.text
            else None
        ),
    )
    yield page
    assert wrong == []


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def api() -> Iterator[SlowApi]:
    api = SlowApi()
    yield api
    api.close()


@pytest.fixture(scope="session")
def served(help_centre: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The project's English articles, served; tests share its database."""
    served = Served.start(_own_data(help_centre, tmp_path_factory.mktemp("served")))
    yield served
    served.stop()


@pytest.fixture
def short_lived(help_centre: Path, tmp_path: Path) -> Iterator[Served]:
    """The same for one test, which may stop it."""
    served = Served.start(_own_data(help_centre, tmp_path))
    yield served
    served.stop()


def _own_data(help_centre: Path, folder: Path) -> Path:
    """A data folder with what is published in another one, and a database of its own."""
    (folder / "models").symlink_to(help_centre / "models")
    shutil.copytree(help_centre / "snapshots", folder / "snapshots")
    shutil.copy(help_centre / "CURRENT", folder)
    return folder
