"""Photographs from the field, drawn anew before anybody else's program reads them.

A picture file can carry the place where it was taken, the maker of the phone, a second file behind its end, or a header
that asks for more memory than there is. So nothing of the file is kept: what it shows is decoded, within bounds, and
written as a JPEG of our own. What cannot be read is refused with one of a few codes.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

#: Bytes of a file that is looked at; a phone's largest photographs have about half.
FILE_MOST: Final = 12_000_000
#: The longer side of what is kept, in pixels, and its size in bytes.
SIDE_MOST: Final = 1_600
BYTES_MOST: Final = 300_000
#: Pixels of a file. JPEG is decoded at a fraction of its size, all others whole: four bytes of memory for each. JPEG
#: that comes in several scans (ITU-T T.81, A.2.3 and G) is kept whole until the last, at up to six bytes a pixel.
PIXELS_JPEG: Final = 220_000_000
PIXELS_SCANS: Final = 40_000_000
PIXELS_OTHER: Final = 20_000_000
#: What the longer side may be of the shorter: a strip is no photograph.
RATIO_MOST: Final = 20
FORMATS: Final = ("JPEG", "PNG", "WEBP")
_QUALITIES: Final = (82, 72, 62, 52)
#: Pictures of one ticket.
PICTURES_MOST: Final = 12

#: Pillow tells of a broken file in as many ways as there are formats.
_BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)


class EvidenceRefused(Exception):
    """A lawful no. `code` is one of picture_none, picture_big, picture_kind, picture_bomb, picture_broken,
    picture_many.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Drawn(NamedTuple):
    """A JPEG of our own making."""

    content: bytes
    width: int
    height: int


def draw(file: bytes) -> Drawn:
    """What a file shows, upright, within the bounds, and without anything else that it carried.

    Takes up to a second of a processor: call it beside the event loop.

    Errors: `EvidenceRefused`.
    """
    if not file:
        raise EvidenceRefused("picture_none")
    if len(file) > FILE_MOST:
        raise EvidenceRefused("picture_big")
    try:
        with Image.open(io.BytesIO(file), formats=FORMATS) as opened:
            # A phone's photograph with a second picture for brighter screens is a JPEG all the same.
            jpeg = opened.format in ("JPEG", "MPO")
            bounded(opened.size, (PIXELS_SCANS if several_scans(file) else PIXELS_JPEG) if jpeg else PIXELS_OTHER)
            opened.draft("RGB", (SIDE_MOST, SIDE_MOST))
            opened.load()
            picture = ImageOps.exif_transpose(opened)
    except UnidentifiedImageError:
        raise EvidenceRefused("picture_kind") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise EvidenceRefused("picture_bomb") from None
    except _BROKEN:
        raise EvidenceRefused("picture_broken") from None
    return encoded(flat(picture))


def several_scans(jpeg: bytes) -> bool:
    """Whether a JPEG is progressive, or has its colours one after another: told by the frame's and first scan's header.

    One that says neither is broken, and is taken for the worse.
    """
    at, colours = 2, 0
    while at + 4 <= len(jpeg):
        if jpeg[at] != 0xFF:
            return True
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker in (0xC0, 0xC1):
            colours = jpeg[at + 9] if at + 9 < len(jpeg) else 0
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return True
        elif marker == 0xDA:
            return at + 4 >= len(jpeg) or jpeg[at + 4] != colours
        at += 2 + length
    return True


def bounded(size: tuple[int, int], most: int) -> None:
    """Look at what the header asks for, before a pixel is decoded."""
    width, height = size
    if width < 1 or height < 1:
        raise EvidenceRefused("picture_broken")
    if width * height > most or max(width, height) > RATIO_MOST * min(width, height):
        raise EvidenceRefused("picture_bomb")


def flat(picture: Image.Image) -> Image.Image:
    """In plain colours on white: what was transparent is paper."""
    picture.thumbnail((SIDE_MOST, SIDE_MOST), Image.Resampling.LANCZOS)
    if picture.mode in ("RGB", "L"):
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    paper = Image.new("RGB", layered.size, "white")
    paper.paste(layered, mask=layered.getchannel("A"))
    return paper


def encoded(picture: Image.Image) -> Drawn:
    """As a JPEG within the bound: first in lower quality, then smaller."""
    # Whatever the reader had found beside the pixels is not passed on to the writer.
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            bare.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= BYTES_MOST:
                return Drawn(out.getvalue(), *bare.size)
        bare = bare.resize((max(1, bare.width * 4 // 5), max(1, bare.height * 4 // 5)), Image.Resampling.LANCZOS)
