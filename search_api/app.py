"""The WSGI application: routes, errors, and the headers that every answer carries."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response
from flask_cors import CORS
from jinja2 import StrictUndefined

from search_api.articles import articles
from search_api.config import config
from search_api.demo import demo
from search_api.errors import ErrorHandlers
from search_api.events import events
from search_api.health import health
from search_api.help_pages import error_page, help_pages
from search_api.services import Services
from search_api.suggestions import suggestions
from search_api.tickets import tickets
from search_api.widget_files import widget_files

ASSET_SECONDS: Final = 3600
PREFLIGHT_SECONDS: Final = 24 * 3600
HEADERS: Final = {
    # Articles may show pictures from elsewhere; nothing else comes from there.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def create_app(services: Services) -> Flask:
    """The application over these services; reads no environment and opens no file."""
    app = Flask(__name__, static_folder="assets", static_url_path="/help/assets")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = ASSET_SECONDS
    app.config["MAX_CONTENT_LENGTH"] = services.settings.max_ticket_bytes
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for routes in (suggestions, events, tickets, config, articles, help_pages, demo, health):
        app.register_blueprint(routes(services))
    app.register_blueprint(widget_files())
    ErrorHandlers(error_page(services.engine)).register(app)
    _allow_origins(app, services.settings.allowed_origins)
    app.after_request(_with_headers)
    return app


def _allow_origins(app: Flask, origins: tuple[str, ...]) -> None:
    """Without an origin named, only pages of this server may call the API: then nothing is sent."""
    if origins:
        CORS(
            app,
            resources={r"/v1/.*": {"origins": list(origins)}},
            methods=["GET", "POST"],
            allow_headers=["Content-Type", "Idempotency-Key"],
            expose_headers=["Retry-After"],
            max_age=PREFLIGHT_SECONDS,
        )


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
