"""Answers as bytes: models are written as JSON by pydantic's own writer, the fastest at hand."""

from __future__ import annotations

from flask import Response
from pydantic import BaseModel


def json_answer(model: BaseModel, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status, mimetype="application/json")
