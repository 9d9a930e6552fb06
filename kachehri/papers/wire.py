"""What the server says to the printing child: one job, then its parts; frames with a length in front of each."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from moderation.release import TAKEN

Kind = Literal["pdf", "xlsx"]
LENGTH_BYTES: Final = 4
#: A part is a hundred rows or so; more than this is a mistake.
FRAME_MOST: Final = 8 * 1024 * 1024
#: Stands in the text of the last part for the number of pages, which nobody knows before.
PAGES: Final = "\u2042PAGES\u2042"
#: What is printed where words were taken out: our typefaces have no shades, and these signs in every weight.
TAKEN_PRINTED: Final = "[———]"
#: Exit codes of the child. 3: a library that prints is missing on this machine.
NO_LIBRARY: Final = 3


class Job(msgspec.Struct, frozen=True, tag="job"):
    """What to make, and where to put it.

    Arguments:
        style: the style sheet of a PDF.
        sheets_rtl: whether the sheets of a workbook run from right to left.
    """

    kind: Kind
    target: str
    title: str = ""
    style: str = ""
    sheets_rtl: bool = True


class Part(msgspec.Struct, frozen=True, tag="part"):
    """Some pages of a PDF: a whole HTML document."""

    html: str
    #: How many rows of the paper it holds, for the progress.
    rows: int = 0
    last: bool = False


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """Some rows of a sheet; the first of a name begins the sheet, and its first row is the heading."""

    sheet: str
    rows: list[list[str | int]]
    widths: list[int] = []
    last: bool = False


Frame = Job | Part | Rows
ENCODER: Final = msgspec.msgpack.Encoder()
DECODER: Final[msgspec.msgpack.Decoder[Frame]] = msgspec.msgpack.Decoder(Frame)


def printable(html: str) -> str:
    """A document in signs that our typefaces have."""
    return html.replace(TAKEN, TAKEN_PRINTED)


def pack(frame: Frame) -> bytes:
    """A frame as it goes through the pipe."""
    body = ENCODER.encode(frame)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body
