"""GET /v1/config: what the widget has to know before its first request."""

from __future__ import annotations

from flask import Blueprint, Response

from search_api.answers import json_answer
from search_api.models import ConfigAnswer
from search_api.services import Services


def config(services: Services) -> Blueprint:
    routes = Blueprint("config", __name__)
    answer = ConfigAnswer.model_validate(services.settings, from_attributes=True)

    @routes.get("/v1/config")
    def show() -> Response:
        response = json_answer(answer)
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    return routes
