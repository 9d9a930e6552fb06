"""Writes answers as the standard has them: XML with plain elements, and JSON that follows from it.

An answer is an object, or a list under the name of its root element. In JSON a list at the top stands bare, and nothing
is null where XML has an empty element. Characters that XML 1.0 has no way to write (§2.2) are left out of both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

import msgspec
from starlette.responses import Response

Format = Literal["xml", "json"]
FORMATS: Final[dict[str, Format]] = {"xml": "xml", "json": "json"}
TYPES: Final[dict[Format, str]] = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
#: What one member of each list is called.
MEMBERS: Final[dict[str, str]] = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
}
_ENCODE: Final[Callable[[object], bytes]] = msgspec.json.Encoder().encode
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer(format: Format, root: str, value: Mapping[str, Any] | Sequence[Any], status: int = 200) -> Response:
    """The response: `value` under `root`. Anybody's page may read it: nothing here depends on who asks."""
    body = xml(root, value).encode() if format == "xml" else _ENCODE(_clean(value))
    headers = {"access-control-allow-origin": "*", "vary": "accept-language"}
    return Response(body, status, headers, TYPES[format])


def xml(root: str, value: Mapping[str, Any] | Sequence[Any]) -> str:
    """A whole document."""
    parts = [DECLARATION]
    _write(parts, root, value)
    return "".join(parts)


def _write(parts: list[str], name: str, value: Any) -> None:
    match value:
        case None | "":
            parts.append(f"<{name}/>")
        case Mapping():
            parts.append(f"<{name}>")
            for key, each in value.items():
                _write(parts, key, each)
            parts.append(f"</{name}>")
        case str():
            parts.append(f"<{name}>{escape(_UNWRITABLE.sub('', value))}</{name}>")
        case bool():
            parts.append(f"<{name}>{'true' if value else 'false'}</{name}>")
        case int() | float():
            parts.append(f"<{name}>{value}</{name}>")
        case Sequence():
            parts.append(f"<{name}>")
            for each in value:
                _write(parts, MEMBERS[name], each)
            parts.append(f"</{name}>")
        case _:
            raise TypeError(type(value))


def _clean(value: Any) -> Any:
    match value:
        case str():
            return _UNWRITABLE.sub("", value)
        case Mapping():
            return {key: _clean(each) for key, each in value.items()}
        case list() | tuple():
            return [_clean(each) for each in value]
        case _:
            return value
