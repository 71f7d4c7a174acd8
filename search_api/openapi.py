"""/openapi.json (OpenAPI 3.1), made from the models that validate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from kb.settings import Settings
from search_api import models

Schema = dict[str, Any]

REFERENCE: Final = "#/components/schemas/{model}"
BODIES: Final[Sequence[type[BaseModel]]] = (
    models.SuggestionsBody,
    models.EventBody,
    models.EventsBody,
    models.TicketBody,
)
ANSWERS: Final[Sequence[type[BaseModel]]] = (
    models.SuggestionsAnswer,
    models.EventsAnswer,
    models.TicketAnswer,
    models.ConfigAnswer,
    models.ArticleAnswer,
    models.HealthAnswer,
    models.ReadyAnswer,
    models.ErrorAnswer,
)
ERRORS: Final = {
    "400": "malformed JSON, or a request that cannot be read",
    "404": "no such thing",
    "405": "no such method here",
    "413": "too large",
    "421": "asked for by a name that this server does not answer to",
    "422": "a field is missing, unknown, or of the wrong type; `detail` names it",
    "429": "too many requests from this address or session; see `Retry-After`",
    "500": "unexpected; `detail` names the request in the log",
    "503": "overloaded, no snapshot is loaded yet, or the database is away; see `Retry-After`",
}
KEY: Final = (
    "at most 200 characters; a ticket sent again from the same e-mail address with the same key is kept once "
    "and answered with the first one's id; another ticket under that key is refused with 422"
)
WITHOUT_BODY: Final = ("400", "404", "405", "413", "421", "429", "500", "503")


def document(settings: Settings) -> bytes:
    """The whole description, limits included, as JSON."""
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Selfhelp",
            "version": "1",
            "description": "Suggests help articles as people type.",
        },
        "paths": _paths(settings),
        "components": {
            "schemas": _schemas(settings),
            "responses": {status: _response(text, models.ErrorAnswer) for status, text in ERRORS.items()},
        },
    }
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()


def _paths(settings: Settings) -> Schema:
    return {
        "/v1/suggestions": {
            "post": _operation("suggest", "200", models.SuggestionsAnswer, _json_body(models.SuggestionsBody))
        },
        "/v1/events": {
            "post": _operation("keepEvents", "202", models.EventsAnswer, _json_body(models.EventsBody))
        },
        "/v1/tickets": {
            "post": _operation("keepTicket", "201", models.TicketAnswer, _ticket_body(settings))
            | {"parameters": [_parameter("Idempotency-Key", "header", required=False) | {"description": KEY}]}
        },
        "/v1/config": {"get": _operation("config", "200", models.ConfigAnswer)},
        "/v1/articles/{locale}/{slug}": {
            "get": _operation("article", "200", models.ArticleAnswer),
            "parameters": [_parameter("locale", "path"), _parameter("slug", "path")],
        },
        "/healthz": {"get": _operation("healthz", "200", models.HealthAnswer)},
        "/readyz": {"get": _operation("readyz", "200", models.ReadyAnswer)},
    }


def _operation(name: str, status: str, answer: type[BaseModel], body: Schema | None = None) -> Schema:
    kinds = ERRORS if body else WITHOUT_BODY
    errors = {key: {"$ref": f"#/components/responses/{key}"} for key in kinds}
    described = {"operationId": name, "responses": {status: _response("as asked for", answer)} | errors}
    return described | ({"requestBody": body} if body else {})


def _response(text: str, model: type[BaseModel]) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": _reference(model)}}}


def _reference(model: type[BaseModel]) -> Schema:
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _parameter(name: str, place: str, *, required: bool = True) -> Schema:
    return {"name": name, "in": place, "required": required, "schema": {"type": "string"}}


def _json_body(model: type[BaseModel]) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": _reference(model)}}}


def _ticket_body(settings: Settings) -> Schema:
    # Bytes are of no type that JSON knows.
    file = {"contentMediaType": "application/octet-stream"}
    form = {
        "type": "object",
        "properties": {
            "ticket": _reference(models.TicketBody),
            "files": {"type": "array", "items": file, "maxItems": settings.max_files},
        },
        "required": ["ticket"],
        "additionalProperties": False,
    }
    multipart = {"schema": form, "encoding": {"ticket": {"contentType": "application/json"}}}
    body = _json_body(models.TicketBody)
    return body | {"content": body["content"] | {"multipart/form-data": multipart}}


def _schemas(settings: Settings) -> Mapping[str, Schema]:
    _, made = models_json_schema(
        [(model, "validation") for model in BODIES] + [(model, "serialization") for model in ANSWERS],
        ref_template=REFERENCE,
    )
    schemas: dict[str, Schema] = made["$defs"]
    fields = {name: schema["properties"] for name, schema in schemas.items() if "properties" in schema}
    # What the models learn only when they are used: limits that are settings, events judged one by one.
    fields["SuggestionsBody"]["text"]["maxLength"] = settings.max_text_chars
    fields["TicketBody"]["message"]["maxLength"] = settings.max_message_chars
    fields["EventsBody"]["events"]["items"] = _reference(models.EventBody)
    return schemas
