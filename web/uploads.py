"""Reads a form with a file in it (multipart/form-data, RFC 7578): whole, bounded, never on a disk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from starlette.requests import Request

from kachehri.spreadsheets import FILE_MOST
from web.forms import FormRefused, written
from web.security import CSRF_FIELD, is_forged

#: Room for the other fields and for what stands between the parts.
AROUND_MOST = 16_384
_BOUNDARY = re.compile(r'multipart/form-data;\s*boundary="?([^"\s;]{1,70})"?', re.IGNORECASE)
_NAME = re.compile(rb'(?:^|;)\s*name="([^"\r\n]{1,60})"', re.IGNORECASE)
_FILE = re.compile(rb'(?:^|;)\s*filename="', re.IGNORECASE)


@dataclass
class Upload:
    """The fields of a form, and the bytes of its files by field."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


async def read(request: Request, origins: frozenset[str] = frozenset(), most: int = FILE_MOST) -> Upload:
    """A form of ours, made in this browser.

    Errors: `FormRefused`: too big (413), unreadable (400), or made elsewhere (403).
    """
    between = boundary(request.headers.get("content-type", ""))
    upload = parts(await body(request, most + AROUND_MOST), between)
    if is_forged(request, upload.fields.pop(CSRF_FIELD, None), origins):
        raise FormRefused(403)
    return upload


def boundary(content_type: str) -> bytes:
    """What stands between the parts; `FormRefused` where there is none."""
    found = _BOUNDARY.match(content_type)
    if found is None:
        raise FormRefused(400)
    return found[1].encode()


async def body(request: Request, most: int) -> bytes:
    """The whole body, refused as soon as it is too long."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > most:
            raise FormRefused(413)
    return bytes(read)


def parts(body: bytes, boundary: bytes) -> Upload:
    """The parts of a body. A browser chooses a boundary that occurs in no file."""
    upload = Upload()
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise FormRefused(400)
    for piece in pieces[1:-1]:
        head, gap, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        disposition = next(
            (line for line in head.split(b"\r\n") if line.lower().startswith(b"content-disposition:")), b""
        )
        name = _NAME.search(disposition.partition(b"form-data")[2])
        if not gap or name is None:
            raise FormRefused(400)
        try:
            key = name[1].decode("ascii")
            if _FILE.search(disposition):
                upload.files[key] = content
            else:
                upload.fields[key] = written(content.decode("utf-8"))
        except UnicodeDecodeError:
            raise FormRefused(400) from None
    return upload
