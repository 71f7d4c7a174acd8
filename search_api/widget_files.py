"""GET /widget/<file>: the installed package `widget`, for any origin to load."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Final

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
CACHE: Final = "public, max-age=300, stale-while-revalidate=86400"


def widget_files() -> Blueprint:
    routes = Blueprint("widget", __name__)

    @routes.get("/widget/<path:name>")
    def show(name: str) -> ResponseReturnValue:
        path = PurePosixPath(name)
        mimetype = TYPES.get(path.suffix)
        file = _find(path) if mimetype and str(path) == name else None
        if file is None:
            abort(404)
        response = Response(file.read_bytes(), mimetype=mimetype)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = CACHE
        response.add_etag()
        return response.make_conditional(request)

    return routes


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
