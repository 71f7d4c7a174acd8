"""The encoder that an index run uses: found by name, exported once, kept by the hash of its content."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile

from indexer.bundled import BUNDLED
from kb.errors import ModelError
from kb.index.encoder import FP32_FILE, INT8_FILE, OnnxEncoder, load_card
from kb.index.files import replace_text, sync_tree
from kb.index.model_hash import content_hash, is_whole
from kb.index.snapshot import MODELS
from kb.locks import is_locked, locked

# Raised when the exported graph or the model folder changes, so that all models are exported anew.
EXPORT = 3
SOURCES = "sources.json"
LOCK = ".export.lock"

# (fp32 encoder, int8 encoder) -> whether the int8 one answers as well
Accept = Callable[[OnnxEncoder, OnnxEncoder], bool]
# is told what is being done
Say = Callable[[str], None]


def ensure_model(name: str, data: Path, accept: Accept, say: Say) -> str:
    """Hash of the exported model, exporting it first if it has not been. Raises ModelError."""
    source = _source(name)
    _sweep(data / MODELS)
    key = _fingerprint(name, source)
    sources = _sources(data)
    known = sources.get(key)
    if known and is_whole(data / MODELS / known):
        return known
    made = _export(name, source, data / MODELS, accept, say)
    replace_text(data / MODELS / SOURCES, json.dumps(sources | {key: made}, indent=1))
    return made


def _sweep(models: Path) -> None:
    """Takes away what exports that were killed have left, unless one runs now."""
    left = list(models.glob(".export-*"))
    if left and not is_locked(models / LOCK):
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)


def _source(name: str) -> str:
    """What is to be exported: a folder, the file that a package carries, or the name itself for a hub."""
    if name in BUNDLED:
        return str(BUNDLED[name].source())
    if Path(name).is_dir():
        if not any((Path(name) / file).exists() for file in ("modules.json", "config.json")):
            raise ModelError(f"{name}: not a model: a sentence-transformers folder has a modules.json")
        return str(Path(name).resolve())
    if name.startswith((".", "/", "~")):
        raise ModelError(
            f"{name}: no such folder; name a model folder, a hub name or one of {', '.join(BUNDLED)}"
        )
    return name


def _fingerprint(name: str, source: str) -> str:
    """Changes when the model's files do; reads none of them, so that it costs nothing."""
    files = [Path(source), *sorted(Path(source).rglob("*"))]
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.is_file()]
    return sha256(json.dumps([EXPORT, name, source, stats]).encode()).hexdigest()[:16]


def _sources(data: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((data / MODELS / SOURCES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _export(name: str, source: str, models: Path, accept: Accept, say: Say) -> str:
    if name in BUNDLED:
        BUNDLED[name].check()
    models.mkdir(parents=True, exist_ok=True)
    with locked(models / LOCK, lambda: say("waiting until another process has exported its model")):
        return _exported(name, source, models / f".export-{os.getpid()}", accept, say)


def _exported(name: str, source: str, beside: Path, accept: Accept, say: Say) -> str:
    """Made in a folder of its own beside the others, which then gets its name."""
    models = beside.parent
    say(f"loading {name}")
    try:
        _run_export(name, source, beside, say)
        say("comparing int8 with fp32")
        _settle(name, beside, accept)
        made = content_hash(beside)
        if not is_whole(models / made):
            shutil.rmtree(models / made, ignore_errors=True)
            sync_tree(beside)
            beside.rename(models / made)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return made


def _run_export(name: str, source: str, folder: Path, say: Say) -> None:
    """In a process of its own; what it prints, line by line, is what it is doing."""
    command = [sys.executable, "-m", "indexer.export_model", source, str(folder), name]
    offline = {} if source == name else {"HF_HUB_OFFLINE": "1"}
    quiet = {"TOKENIZERS_PARALLELISM": "false", "PYTHONWARNINGS": "ignore"}
    error = ""
    with (
        TemporaryFile("w+", encoding="utf-8") as complaints,
        subprocess.Popen(  # noqa: S603 - our own module, with arguments that no shell reads
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, env=os.environ | offline | quiet
        ) as running,
    ):
        for line in running.stdout or ():
            told = _told(line)
            error = told.get("error", error)
            if "stage" in told:
                say(told["stage"])
        if running.wait():
            complaints.seek(0)
            raise ModelError(error or f"{name}: its export failed:\n{complaints.read()[-2000:]}")


def _told(line: str) -> dict[str, str]:
    """A line of the export's; libraries print lines of their own, too."""
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _settle(name: str, folder: Path, accept: Accept) -> None:
    """Decides between int8 and fp32, and writes the model's card."""
    card = load_card(folder)
    if name in BUNDLED:
        card = replace(card, languages=BUNDLED[name].languages)
        card.save(folder)
    threads = os.cpu_count() or 1
    int8 = OnnxEncoder(folder, file=INT8_FILE, threads=threads)
    if accept(OnnxEncoder(folder, file=FP32_FILE, threads=threads), int8):
        probe = tuple(int8.probe().tolist())
        card = replace(card, file=INT8_FILE, precision="int8", probe_vector=probe)
        card.save(folder)
