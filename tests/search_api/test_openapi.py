from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from whole_server import Server


@pytest.fixture
def described(server: Server) -> dict[str, Any]:
    return dict(server.client.get("/openapi.json").get_json())


def check(described: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator({**schema, "components": described["components"]}).validate(value)


def test_the_description_is_valid_openapi(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(described).validate()


def test_real_answers_and_errors_are_as_described(server: Server, described: dict[str, Any]) -> None:
    answer = server.ask()
    ticket = {"email": "a@b.example", "message": "x"}
    happened = {"session_id": answer["session_id"], "events": ["wrong"]}
    tried = [
        ("/v1/suggestions", "post", server.client.post("/v1/suggestions", json={"text": "black screen"})),
        ("/v1/suggestions", "post", server.client.post("/v1/suggestions", json={})),
        ("/v1/events", "post", server.client.post("/v1/events", json=happened)),
        ("/v1/tickets", "post", server.client.post("/v1/tickets", json=ticket)),
        ("/v1/tickets", "post", server.client.post("/v1/tickets", data=b"{")),
        ("/v1/config", "get", server.client.get("/v1/config")),
        ("/v1/articles/{locale}/{slug}", "get", server.client.get("/v1/articles/en/refunds")),
        ("/v1/articles/{locale}/{slug}", "get", server.client.get("/v1/articles/en/nothing")),
        ("/healthz", "get", server.client.get("/healthz")),
        ("/readyz", "get", server.client.get("/readyz")),
    ]
    for path, method, given in tried:
        response = described["paths"][path][method]["responses"][str(given.status_code)]
        if "$ref" in response:
            response = described["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        check(described, response["content"]["application/json"]["schema"], given.get_json())


def test_a_request_the_description_allows_is_taken_and_one_it_forbids_is_not(
    server: Server, described: dict[str, Any]
) -> None:
    schema = described["paths"]["/v1/suggestions"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    validator = Draft202012Validator({**schema, "components": described["components"]})
    for body in ({"text": "x"}, {"text": "x", "limit": 11}, {"text": 1}, {"text": "x", "other": 1}, {}):
        taken = server.client.post("/v1/suggestions", json=body).status_code == 200
        assert taken == validator.is_valid(body), body


def test_limits_and_files_are_described(server: Server, described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert schemas["SuggestionsBody"]["properties"]["text"]["maxLength"] == 20_000
    assert schemas["EventsBody"]["properties"]["events"]["items"] == {
        "$ref": "#/components/schemas/EventBody"
    }
    content = described["paths"]["/v1/tickets"]["post"]["requestBody"]["content"]
    assert set(content["multipart/form-data"]["schema"]["properties"]) == {"ticket", "files"}
