"""What the published schemas of GeoReport v2 ask of an answer, written down from their tables of fields.

Fields that are not required may be null. The reply to a filing has a shape of its own: a number or a token, never both.
"""

from __future__ import annotations

from typing import Any, Final

_WORDS: Final = {"type": ["string", "null"]}
_INSTANT: Final = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
_NUMBER: Final = {"type": ["number", "null"]}


def _object(required: dict[str, Any], optional: dict[str, Any], *, more: bool = False) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": more,
    }


def _some(of: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least}


SERVICES: Final = _some(
    _object(
        {
            "service_code": {"type": "string", "minLength": 1},
            "service_name": {"type": "string", "minLength": 1},
            "metadata": {"type": "boolean"},
            "type": {"enum": ["realtime", "batch", "blackbox"]},
        },
        {"description": _WORDS, "keywords": _WORDS, "group": _WORDS},
    )
)
DEFINITION: Final = _object(
    {
        "service_code": {"type": "string"},
        "attributes": _some(
            _object(
                {
                    "variable": {"type": "boolean"},
                    "code": {"type": "string"},
                    "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
                    "required": {"type": "boolean"},
                },
                {
                    "datatype_description": _WORDS,
                    "order": {"type": ["integer", "null"]},
                    "description": _WORDS,
                    "values": _some(_object({"key": {"type": "string"}, "name": {"type": "string"}}, {})),
                },
            )
        ),
    },
    {},
)
_REQUEST: Final[dict[str, Any]] = {
    "service_request_id": {"type": "string", "pattern": r"^\d{10}$"},
    "status": {"enum": ["open", "closed"]},
    "service_code": {"type": "string"},
    "requested_datetime": {**_INSTANT, "type": "string"},
}
_OPTIONAL: Final[dict[str, Any]] = {
    "status_notes": _WORDS,
    "service_name": _WORDS,
    "description": {"type": ["string", "null"], "maxLength": 4000},
    "agency_responsible": _WORDS,
    "service_notice": _WORDS,
    "updated_datetime": _INSTANT,
    "expected_datetime": _INSTANT,
    "address": _WORDS,
    "address_id": _WORDS,
    "zipcode": _WORDS,
    "lat": _NUMBER,
    "long": _NUMBER,
    "media_url": _WORDS,
}
REQUESTS: Final = _some(_object(_REQUEST, _OPTIONAL))
EXTENDED: Final = _some(
    _object(
        _REQUEST,
        {
            **_OPTIONAL,
            "extended_attributes": _object(
                {
                    "kachehri_state": {"type": "string"},
                    "outcome": _WORDS,
                    "closure_basis": _WORDS,
                    "session_id": _WORDS,
                },
                {},
            ),
            "notes": _some(_object({"datetime": _INSTANT, "description": _WORDS, "type": {"type": "string"}}, {})),
        },
    )
)
_REPLY: Final = {"service_notice": _WORDS, "account_id": _WORDS}
FILED: Final = {
    **_some({"oneOf": [_object({"service_request_id": {"type": "string"}}, _REPLY)]}),
    "maxItems": 1,
}
TOKEN: Final = {**_some({"oneOf": [_object({"token": {"type": "string"}}, _REPLY)]}), "maxItems": 1}
ERRORS: Final = _some(_object({"code": {"type": "integer"}, "description": {"type": "string", "minLength": 1}}, {}))
DISCOVERY: Final = _object(
    {
        "changeset": {"type": "string"},
        "contact": {"type": "string", "minLength": 1},
        "key_service": {"type": "string", "minLength": 1},
        "endpoints": _some(
            _object(
                {
                    "specification": {"type": "string"},
                    "url": {"type": "string"},
                    "changeset": {"type": "string"},
                    "type": {"enum": ["production", "test"]},
                    "formats": _some({"type": "string"}),
                },
                {},
            )
        ),
    },
    {},
)
