"""Photographs are drawn anew: nothing hidden comes through, and what cannot be read is refused plainly."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image

from kachehri import evidence
from kachehri.evidence import BYTES_MOST, SIDE_MOST, EvidenceRefused, draw

MARK = b"31.5204N 74.3587E"


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that does not compress, as photographs of leaves and gravel do not."""
    raw = hashlib.shake_256(b"gravel").digest(width * height * len(mode))
    return Image.frombytes(mode, (width, height), raw)


def file(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def read(content: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(content))
    opened.load()
    return opened


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_photograph_becomes_a_small_one(kind: str) -> None:
    drawn = draw(file(noise(2000, 1500), kind))
    shown = read(drawn.content)
    assert shown.format == "JPEG" and shown.size == (drawn.width, drawn.height)
    assert max(shown.size) <= SIDE_MOST and len(drawn.content) <= BYTES_MOST
    assert abs(shown.width / shown.height - 4 / 3) < 0.01


def test_place_camera_and_comments_stay_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Nokia"
    exif[0x8825] = {1: "N", 2: (31.0, 31.0, 13.0)}
    exif[0x9286] = MARK
    carried = file(noise(64, 48), "JPEG", exif=exif.tobytes(), comment=MARK, icc_profile=MARK * 20)
    assert MARK in carried
    drawn = draw(carried)
    assert MARK not in drawn.content and b"Nokia" not in drawn.content and b"Exif" not in drawn.content
    assert not read(drawn.content).getexif() and set(read(drawn.content).info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
    }


def test_a_picture_taken_sideways_stands_upright() -> None:
    picture = Image.new("RGB", (60, 30), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn = draw(file(picture, "JPEG", exif=exif.tobytes()))
    assert (drawn.width, drawn.height) == (30, 60)


def test_what_stands_behind_the_end_of_a_picture_is_gone() -> None:
    tail = b"PK\x03\x04<script>alert(1)</script>%PDF-1.7"
    for kind in ("JPEG", "PNG", "WEBP"):
        drawn = draw(file(noise(40, 40), kind) + tail)
        assert tail not in drawn.content and b"<script" not in drawn.content and b"PK\x03\x04" not in drawn.content


def test_what_is_transparent_is_paper() -> None:
    drawn = draw(file(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"))
    assert min(read(drawn.content).getpixel((10, 10))) > 240  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_colours_of_every_kind_are_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = Image.new(mode, (30, 20)) if mode == "I;16" else Image.new("RGB", (30, 20), "blue").convert(mode)
    assert read(draw(file(picture, kind)).content).mode == "RGB"


def png(width: int, height: int, body: bytes) -> bytes:
    """A PNG whose header says what it likes (ISO/IEC 15948 §11.2)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("hostile", "code"),
    [
        (b"", "picture_none"),
        (b"\xff\xd8" + b"x" * evidence.FILE_MOST, "picture_big"),
        (b"GIF89a" + b"\x00" * 40, "picture_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "picture_kind"),
        (b"%PDF-1.7\n", "picture_kind"),
        (b"MZ\x90\x00", "picture_kind"),
        (png(60_000, 60_000, b""), "picture_bomb"),
        (png(5_000, 4_001, b""), "picture_bomb"),
        (png(4_000, 100, b""), "picture_bomb"),
        (png(40, 40, b""), "picture_broken"),
        (file(noise(400, 300), "JPEG")[:2_000], "picture_broken"),
        (file(noise(400, 300), "PNG")[:20_000], "picture_broken"),
        (file(noise(400, 300), "WEBP")[:2_000], "picture_broken"),
    ],
)
def test_a_hostile_file_is_refused_by_what_is_wrong_with_it(hostile: bytes, code: str) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        draw(hostile)
    assert refused.value.code == code


def vast(jpeg: bytes, side: int) -> bytes:
    """A JPEG whose frame says that it is much larger than it is."""
    at = next(at for at in range(len(jpeg)) if jpeg[at] == 0xFF and jpeg[at + 1] in (0xC0, 0xC2))
    return jpeg[: at + 5] + struct.pack(">HH", side, side) + jpeg[at + 9 :]


def in_three_scans(jpeg: bytes) -> bytes:
    """Its first scan made one of the first colour alone, as of a file that has each in a scan of its own."""
    at = jpeg.index(b"\xff\xda")
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01" + jpeg[at + 5 : at + 7] + b"\x00\x3f\x00"
    return jpeg[:at] + scan + jpeg[at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big") :]


@pytest.mark.parametrize("how", ["progressive", "scans"])
def test_a_jpeg_that_has_to_be_kept_whole_is_bounded_like_other_pictures(how: str) -> None:
    """A few kilobytes of it would ask for a gigabyte of memory."""
    hostile = file(noise(64, 48), "JPEG", progressive=how == "progressive")
    hostile = in_three_scans(hostile) if how == "scans" else hostile
    for side in (6_400, 14_000):
        with pytest.raises(EvidenceRefused) as refused:
            draw(vast(hostile, side))
        assert refused.value.code == "picture_bomb"


def test_an_ordinary_jpeg_of_either_kind_is_drawn() -> None:
    for options in ({"progressive": True}, {"progressive": False}, {"subsampling": 0}, {"restart_marker_rows": 1}):
        carried = file(noise(640, 480), "JPEG", **options)
        assert evidence.several_scans(carried) == options.get("progressive", False)
        assert draw(carried).width == 640
    assert draw(file(noise(640, 480, "L"), "JPEG")).width == 640
    assert evidence.several_scans(b"\xff\xd8\xff\xff") and evidence.several_scans(b"\xff\xd8x" * 9)


def test_a_phones_photograph_with_a_second_picture_in_it_is_its_first() -> None:
    """It may be as large as any other of that phone."""
    first, second = noise(640, 480), Image.new("RGB", (64, 48), "red")
    carried = file(first, "MPO", save_all=True, append_images=[second])
    drawn = draw(carried)
    assert (drawn.width, drawn.height) == (640, 480) and b"MPF" not in drawn.content
    at = carried.index(b"\xff\xc0")
    large = carried[: at + 5] + struct.pack(">HH", 5_000, 6_000) + carried[at + 9 :]
    assert draw(large).width == SIDE_MOST


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_its_first_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "lime", "blue")]
    moving = file(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    shown = read(draw(moving).content)
    red, green, blue = shown.getpixel((30, 20))  # type: ignore[misc]
    assert red > 200 and green < 60 and blue < 60 and getattr(shown, "n_frames", 1) == 1


def test_words_that_unpack_to_very_much_are_not_unpacked() -> None:
    squeezed = zlib.compress(b"x" * 200_000_000, 9)
    data = b"note\0\0" + squeezed
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    with pytest.raises(EvidenceRefused):
        draw(png(40, 40, chunk))


@pytest.mark.parametrize("at", range(0, 1_200, 37))
def test_a_byte_turned_anywhere_is_drawn_or_refused_and_nothing_else(at: int) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        bytes_ = bytearray(file(noise(24, 24), kind))
        bytes_[at % len(bytes_)] ^= 0x5A
        try:
            drawn = draw(bytes(bytes_))
        except EvidenceRefused:
            continue
        assert len(drawn.content) <= BYTES_MOST
