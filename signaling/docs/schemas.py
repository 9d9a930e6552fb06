"""JSON Schema 2020-12 of everything that travels, and AsyncAPI 3 around it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from rooms.base import Event
from rooms.session import EVENTS
from rooms.views import Personal, View
from signaling.protocol import CLIENT_TYPES, PATH, SERVER_TYPES, SUBPROTOCOL

#: Events that somebody other than the server is told.
TOLD: tuple[type[Event], ...] = tuple(event for event in EVENTS if event.audience != "system")


def tag_of(kind: type[Any]) -> str:
    """The value of `type`."""
    return str(kind.__struct_config__.tag)


def told(event: type[Event]) -> type[Any]:
    """An event as it stands in a tick: with its number and its instant."""
    fields = [("seq", int), ("at", int)]
    return msgspec.defstruct(
        event.__name__, fields, bases=(event,), frozen=True, kw_only=True, tag_field="type", tag=tag_of(event)
    )


def components(template: str) -> dict[str, Any]:
    """The schema of every class by its name."""
    events = [told(event) for event in TOLD]
    _, found = msgspec.json.schema_components(
        [*CLIENT_TYPES, *SERVER_TYPES, *events, View, Personal], ref_template=template
    )
    event = {"oneOf": [{"$ref": template.format(name=each.__name__)} for each in TOLD]}
    found["Event"] = {"title": "Event", "description": "One event, as its audience may see it.", **event}
    view = {"$ref": template.format(name="View")}
    events_of = {"type": "array", "items": {"$ref": template.format(name="Event")}}
    found["Snapshot"]["properties"]["view"] = view
    found["Snapshot"]["properties"]["missed"] = events_of
    found["Tick"]["properties"]["events"] = events_of
    found["Tick"]["properties"]["patch"] = {
        "type": "object",
        "description": "a JSON merge patch (RFC 7386) to the view",
    }
    found["PersonalFrame"]["properties"]["view"] = {"$ref": template.format(name="Personal")}
    for each in (event for event in TOLD if event.desk_only):
        schema = found[each.__name__]
        schema["required"] = [name for name in schema["required"] if name not in each.desk_only]
    for kind in (*SERVER_TYPES, *TOLD):  # browsers ignore fields that they do not know
        found[kind.__name__].pop("additionalProperties", None)
    return dict(sorted(found.items()))


def json_schema() -> str:
    """What a client may say and what it hears, for any validator."""
    defs = components("#/$defs/{name}")
    return _text(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Kachehri live protocol",
            "description": "`$defs/FromClient` is everything a client says, `$defs/ToClient` everything it hears.",
            "$defs": {
                "FromClient": {"oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in CLIENT_TYPES]},
                "ToClient": {"oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in SERVER_TYPES]},
                **defs,
            },
        }
    )


def asyncapi() -> str:
    """The same as an AsyncAPI 3 document; `receive` is what the server receives."""
    kinds = (*CLIENT_TYPES, *SERVER_TYPES)
    ids = {kind: tag_of(kind).replace(".", "_") for kind in kinds}

    def refs(some: tuple[type[Any], ...]) -> list[dict[str, str]]:
        return [{"$ref": f"#/channels/live/messages/{ids[kind]}"} for kind in some]

    return _text(
        {
            "asyncapi": "3.0.0",
            "info": {
                "title": "Kachehri live protocol",
                "version": "1",
                "description": "How a client takes part in a hearing. PROTOCOL.md beside this file tells it in order.",
                "license": {"name": "MIT"},
            },
            "defaultContentType": "application/json",
            "channels": {
                "live": {
                    "address": PATH,
                    "description": f"One WebSocket, subprotocol {SUBPROTOCOL}; one JSON object in each text frame.",
                    "messages": {ids[kind]: {"$ref": f"#/components/messages/{ids[kind]}"} for kind in kinds},
                }
            },
            "operations": {
                "clientSays": {
                    "action": "receive",
                    "channel": {"$ref": "#/channels/live"},
                    "messages": refs(CLIENT_TYPES),
                },
                "serverSays": {
                    "action": "send",
                    "channel": {"$ref": "#/channels/live"},
                    "messages": refs(SERVER_TYPES),
                },
            },
            "components": {
                "messages": {
                    ids[kind]: {
                        "name": tag_of(kind),
                        "summary": summary(kind),
                        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
                    }
                    for kind in kinds
                },
                "schemas": components("#/components/schemas/{name}"),
            },
        }
    )


def summary(kind: type[Any]) -> str:
    """The first sentence of a class's docstring; derived classes speak with their base's."""
    for each in kind.__mro__:
        words = each.__dict__.get("__doc__")
        if words:
            return " ".join(str(words).split())
    return ""


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
