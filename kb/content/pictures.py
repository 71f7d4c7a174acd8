"""Local pictures of articles, found, checked and named by their content."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import imagesize

from kb.content.article import Image

# A full-screen PNG of a 5K display has some 8 MB; more is a mistake that every reader would pay for.
LARGEST = 10 * 2**20
# A 5K display has 15 million; unpacked in a reader's memory each takes 4 bytes, however small the file.
MOST_PIXELS = 40_000_000


class PictureError(Exception):
    """Why a picture cannot be used, and what to do."""


class Pictures:
    """Pictures below one articles folder; each file is read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.known: dict[str, Image] = {}

    def find(self, path: str) -> Image:
        """The picture at a path relative to the folder. Raises PictureError."""
        if path not in self.known:
            content = self._content(path)
            name = f"{sha256(content).hexdigest()[:16]}.{_format(path, content)}"
            _check_pixels(content)
            self.known[path] = Image(path=path, name=name)
        return self.known[path]

    def _content(self, path: str) -> bytes:
        try:
            file = (self.folder / path).resolve(strict=True)
            if not file.is_relative_to(self.folder):
                raise PictureError("lies outside the articles folder: copy it in")
            if not file.is_file():
                raise PictureError("is no file")
            if file.stat().st_size > LARGEST:
                raise PictureError(f"is larger than {LARGEST // 2**20} MB: make it smaller")
            return file.read_bytes()
        except (FileNotFoundError, NotADirectoryError, RuntimeError, ValueError) as error:
            raise PictureError("is missing: add the file or take the picture out") from error
        except OSError as error:
            raise PictureError(f"cannot be read ({error.strerror})") from error


def _check_pixels(content: bytes) -> None:
    """Refuses what only its header tells to be huge; a header that says nothing is a browser's affair."""
    try:
        width, height = imagesize.get(BytesIO(content))
    except Exception:  # a parser's bug on one picture must not lose all the articles
        return
    if width * height > MOST_PIXELS:
        most = MOST_PIXELS // 10**6
        raise PictureError(f"has {width} x {height} pixels, more than {most} million: make it smaller")


def _format(path: str, content: bytes) -> str:
    """The ending a picture is served under, by its first bytes and not by what it is called."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content[4:12] == b"ftypavif":
        return "avif"
    if path.lower().endswith((".svg", ".svgz")):
        raise PictureError("is an SVG, which can hold scripts: save it as PNG")
    raise PictureError("is no PNG, JPEG, GIF, WebP or AVIF picture: save it as one of these")
