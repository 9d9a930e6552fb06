"""The description of the program interface in OpenAPI 3.1, from the table of operations and the types of answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from web.api.operations import Operation, Parameter
from web.api.problems import TYPE
from web.api.shapes import Problem

REF = "#/components/schemas/{name}"


def describe(operations: Sequence[Operation], address: str, name: str) -> dict[str, Any]:
    """The whole document.

    Arguments:
        address: where programs reach us.
        name: of the house.
    """
    types: list[Any] = [*dict.fromkeys(each.returns for each in operations), Problem]
    _, schemas = msgspec.json.schema_components(types, ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Kachehri: {name}",
            "version": "1",
            "description": "What is public: hearings, their balance, and what became of every ticket. Read only; "
            "requests are filed through Open311 GeoReport v2 at /open311/v2. Nothing here names a person.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": address}],
        "paths": {each.path: {"get": _operation(each)} for each in operations},
        "components": {"schemas": schemas},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {
            "description": operation.returns.__doc__ or operation.summary,
            "headers": {"ETag": {"description": "a mark of the contents", "schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": REF.format(name=operation.returns.__name__)}}},
        },
        "304": {"description": "the same as under the mark in If-None-Match"},
        "429": _problem("too many readings from one address; Retry-After says when to try again"),
        "503": _problem("the database does not answer"),
    }
    responses["400"] = _problem("a parameter that is unknown, or cannot be read")
    if operation.missing:
        responses["404"] = _problem(operation.missing)
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [_parameter(each) for each in operation.parameters],
        "responses": dict(sorted(responses.items())),
    }


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {TYPE: {"schema": {"$ref": REF.format(name="Problem")}}}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "path" if parameter.path else "query",
        "required": parameter.path,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }
