"""What is never loaded where it would cost: a server has no torch, and help comes at once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from serving import get, serving

SELFHELP = (sys.executable, "-X", "importtime", "-c", "from kb.cli import main; main()")
TRAINING = {"torch", "transformers", "sentence_transformers", "sklearn", "scipy", "onnx", "indexer"}


def imported(trace: str) -> set[str]:
    """Top packages in what `-X importtime` prints."""
    lines = re.findall(r"^import time: +\d+ \| +\d+ \| *([\w.]+)", trace, re.MULTILINE)
    return {name.split(".")[0] for name in lines}


def test_a_serving_process_has_not_imported_torch(help_centre: Path, tmp_path: Path) -> None:
    """The real server on real articles, after it has answered questions and shown pages."""
    trace = tmp_path / "imports.txt"
    env = os.environ | {"SELFHELP_DATABASE_URL": f"sqlite:///{tmp_path}/selfhelp.sqlite3"}
    command = [*SELFHELP, "serve", "--port", "0", "--data", help_centre, "--demo"]
    with serving(command, env, tmp_path, trace) as address:
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{address}/v1/suggestions",
            json.dumps({"text": "black screen after login", "min_confidence": 0}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - our own server
            assert len(json.load(response)["suggestions"]) == 3
        for path in ("/help/en/black-screen", "/v1/config", "/openapi.json", "/widget/selfhelp.js", "/"):
            assert get(address + path)
    loaded = imported(trace.read_text())
    assert {"flask", "onnxruntime", "faiss", "tokenizers", "kb"} <= loaded, "the trace is one of serving"
    assert loaded & TRAINING == set()


@pytest.mark.parametrize("argument", ["--help", "--version", "-h"])
def test_help_imports_neither_numpy_nor_flask(argument: str) -> None:
    ran = subprocess.run([*SELFHELP, argument], capture_output=True, text=True, check=True)
    loaded = imported(ran.stderr)
    assert "click" in loaded
    heavy = {"numpy", "flask", "faiss", "onnxruntime", "pydantic", "sqlalchemy", "rich", "indexer"}
    assert loaded & (heavy | TRAINING) == set()


def test_searching_in_the_terminal_loads_no_server(help_centre: Path) -> None:
    ran = subprocess.run(
        [*SELFHELP, "search", "--data", str(help_centre), "black screen"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "lack screen" in ran.stdout
    assert imported(ran.stderr) & ({"flask", "waitress", "sqlalchemy", "alembic"} | TRAINING) == set()


@pytest.mark.parametrize("set_before", [None, "0"])
@pytest.mark.parametrize("program", ["encoder", "quantise"])
def test_onnxruntime_keeps_nothing_to_report_to_its_vendor(
    program: str, set_before: str | None, help_centre: Path, tmp_path: Path
) -> None:
    """What its telemetry would send waits in the home folder, beside a device's id."""
    model = next(file.parent for file in sorted((help_centre / "models").glob("*/model.json")))
    run = {
        "encoder": "from kb.index.encoder import OnnxEncoder; from pathlib import Path; import sys;"
        "OnnxEncoder(Path(sys.argv[1])).encode_questions(['screen'])",
        "quantise": "import indexer.quantise, onnxruntime, sys; from pathlib import Path;"
        "onnxruntime.InferenceSession(next(Path(sys.argv[1]).glob('*.int8.onnx')))",
    }
    home = tmp_path / "home"
    home.mkdir()
    env = {k: v for k, v in os.environ.items() if k not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    env |= {"HOME": str(home)} | ({"ORT_DISABLE_TELEMETRY": set_before} if set_before else {})
    subprocess.run([sys.executable, "-c", run[program], str(model)], env=env, check=True)
    assert list(home.rglob(".onnxruntime*")) == []
