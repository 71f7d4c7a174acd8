"""What machines ask a server about itself."""

from __future__ import annotations

from flask import Blueprint, Response

from kb.errors import NoSnapshot
from search_api.answers import json_answer
from search_api.models import HealthAnswer, ReadyAnswer
from search_api.openapi import document
from search_api.services import Services


def health(services: Services) -> Blueprint:
    routes = Blueprint("health", __name__)
    openapi = document(services.settings)

    @routes.get("/healthz")
    def alive() -> Response:
        return json_answer(HealthAnswer(status="ok"))

    @routes.get("/readyz")
    def ready() -> Response:
        if not services.engine.ready:
            raise NoSnapshot("not loaded yet")
        return json_answer(ReadyAnswer(status="ready", snapshot_id=services.engine.snapshot_id))

    @routes.get("/openapi.json")
    def describe() -> Response:
        return Response(openapi, mimetype="application/json")

    return routes
