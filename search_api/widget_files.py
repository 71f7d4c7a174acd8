"""GET /widget/<file>: the widget for any origin to load, `selfhelp.js` with all it needs in one small file.

The modules it is made of are served beside it as they are written.
"""

from __future__ import annotations

import gzip
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Final

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from search_api.widget_module import ENTRY, widget_module

TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
CACHE: Final = "public, max-age=300, stale-while-revalidate=86400"


def widget_files() -> Blueprint:
    routes = Blueprint("widget", __name__)
    module = widget_module().encode()
    small = gzip.compress(module, compresslevel=9, mtime=0)

    @routes.get(f"/widget/{ENTRY}")
    def show_module() -> ResponseReturnValue:
        squeezed = request.accept_encodings["gzip"] > 0
        response = Response(small if squeezed else module, mimetype=TYPES[".js"])
        response.headers["Vary"] = "Accept-Encoding"
        if squeezed:
            response.headers["Content-Encoding"] = "gzip"
        return _public(response)

    @routes.get("/widget/<path:name>")
    def show(name: str) -> ResponseReturnValue:
        path = PurePosixPath(name)
        mimetype = TYPES.get(path.suffix)
        file = _find(path) if mimetype and str(path) == name else None
        if file is None:
            abort(404)
        return _public(Response(file.read_bytes(), mimetype=mimetype))

    return routes


def _public(response: Response) -> ResponseReturnValue:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = CACHE
    response.add_etag()
    return response.make_conditional(request)


def _find(path: PurePosixPath) -> Traversable | None:
    """The file, found by walking: a name that leads out of the package is not among its entries."""
    place: Traversable = files("widget")
    for part in path.parts:
        entries = place.iterdir() if place.is_dir() else iter(())
        found = next((entry for entry in entries if entry.name == part), None)
        if found is None:
            return None
        place = found
    return place if place.is_file() else None
