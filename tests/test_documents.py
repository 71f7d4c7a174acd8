"""What the documents tell people to do works, and what they point at is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from centre import write
from serving import serving

from kb.content.slugs import anchor_of
from kb.index.snapshot import CURRENT, MODELS, SNAPSHOTS, published_id

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:\$ )?((?:SELFHELP_\w+=\S+ )*selfhelp(?: .*)?)")


def commands(document: str) -> Iterator[str]:
    """Lines of shell blocks that begin with `selfhelp`, continued ones as one."""
    for language, block in BLOCK.findall(document):
        if language in ("sh", "console", "bash"):
            for line in block.replace("\\\n", " ").splitlines():
                if match := COMMAND.fullmatch(line.strip()):
                    yield match[1]


@pytest.fixture
def reader(help_centre: Path, models: Path, tmp_path: Path) -> Path:
    """Where somebody follows the README: their articles, their questions, and an earlier snapshot."""
    shutil.copytree(help_centre / "articles", tmp_path / "articles")
    write(tmp_path / "articles", {"en/ours.md": "# How we do it here\n\nAsk Anna.\n"})
    asked = {"question": "my screen stays black", "articles": ["black-screen"]}
    write(tmp_path, {"questions.jsonl": json.dumps(asked)})
    data = tmp_path / "data"
    data.mkdir()
    (data / MODELS).symlink_to(models)
    name = published_id(help_centre)
    shutil.copytree(help_centre / SNAPSHOTS / name, data / SNAPSHOTS / name)
    shutil.copy(help_centre / CURRENT, data)
    return tmp_path


def test_the_commands_of_the_readme_run_in_their_order(reader: Path) -> None:
    found = list(commands((ROOT / "README.md").read_text()))
    assert {command.split()[1] for command in found} >= {"index", "search", "serve", "eval"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELFHELP_")}
    bin_folder = write(reader / "bin", {"selfhelp": f"#!{sys.executable}\nfrom kb.cli import main\nmain()\n"})
    (bin_folder / "selfhelp").chmod(0o700)
    env = kept | {"PATH": f"{bin_folder}:{kept['PATH']}", "SELFHELP_PORT": "0"}
    for command in found:
        if "selfhelp serve" in command:
            with serving(["sh", "-c", f"exec {command}"], env, reader):
                pass
            continue
        if "--watch" in command:
            _runs_until_stopped(command, env, reader)
            continue
        ran = subprocess.run(  # noqa: S602 - the README's own commands, as a shell reads them
            command, shell=True, cwd=reader, env=env, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"
        assert ran.stdout, command


def _runs_until_stopped(command: str, env: dict[str, str], folder: Path) -> None:
    """Says something, and goes on until it is told to stop."""
    running = subprocess.Popen(
        ["sh", "-c", f"exec {command}"], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with running:
        assert running.stdout is not None
        assert running.stdout.readline()
        assert running.poll() is None
        running.terminate()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_picture_of_a_document_is_there(document: Path) -> None:
    text = BLOCK.sub("", document.read_text())
    for target in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = document.parent / path if path else document
        assert file.exists(), f"{document.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ +(.+)$", file.read_text(), re.MULTILINE)
            assert anchor in {anchor_of(heading) for heading in headings}, f"{document.name}: {target}"


def test_the_documents_that_people_look_for_are_there() -> None:
    assert {"README.md", "DESIGN.md", "CHANGELOG.md"} <= {path.name for path in DOCUMENTS}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_a_document_names_are_there(document: Path) -> None:
    for name in re.findall(
        r"`((?:kb|indexer|search_api|widget|tests|benchmarks)/[\w/.-]+\.\w+)`", document.read_text()
    ):
        assert (ROOT / name).is_file(), f"{document.name}: {name}"


def test_make_has_the_commands_of_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text())):
        if f"`make {target}" in (ROOT / "README.md").read_text():
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
