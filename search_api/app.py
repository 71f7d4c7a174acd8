"""The WSGI application: routes, errors, and the headers that every answer carries."""

from __future__ import annotations

from typing import Final

from flask import Flask
from flask_cors import CORS
from jinja2 import StrictUndefined

from search_api.admin.routes import admin, admin_errors
from search_api.articles import articles
from search_api.config import config
from search_api.demo import demo
from search_api.entrance import add_entrance
from search_api.errors import ErrorHandlers
from search_api.events import events
from search_api.health import health
from search_api.help_pages import error_page, help_pages
from search_api.metrics_page import metrics_page
from search_api.request_log import watch_requests
from search_api.security_headers import add_security_headers
from search_api.services import Services
from search_api.suggestions import suggestions
from search_api.tickets import tickets
from search_api.widget_files import widget_files

ASSET_SECONDS: Final = 3600
PREFLIGHT_SECONDS: Final = 24 * 3600


def create_app(services: Services) -> Flask:
    """The application over these services; reads no environment and opens no file."""
    app = Flask(__name__, static_folder="assets", static_url_path="/help/assets")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = ASSET_SECONDS
    app.config["MAX_CONTENT_LENGTH"] = services.settings.max_ticket_bytes
    watch_requests(app, services)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for routes in (suggestions, events, tickets, config, articles, help_pages, demo, health, metrics_page):
        app.register_blueprint(routes(services))
    app.register_blueprint(admin(services))
    app.register_blueprint(widget_files())
    ErrorHandlers(admin_errors(error_page(services.engine))).register(app)
    _allow_origins(app, services.settings.allowed_origins)
    add_security_headers(app)
    add_entrance(app, services)
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
