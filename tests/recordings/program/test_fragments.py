"""Parts begin and end where the standard wants them, and other programs read them without a word."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import pytest

from recordings.archive.boxes import clock_of, timing_of
from recordings.program import bitstream
from recordings.program.fragments import (
    LEAST_SHARE,
    PART_US,
    AudioShape,
    EncodedPacket,
    Fragment,
    Fragmenter,
    VideoShape,
)
from tests.servers import require

from .encoded import Picture, Sound

SECONDS = 8
SHAPES = {"full": (15, 640, 360), "light": (12, 426, 240)}
#: An SPS and a PPS of x264 with start codes, for tests that decode nothing.
PARAMETERS = bytes.fromhex("000000016742c01ed901b00efe0110000003001000000301e0f162ea0000000168cb83cb20")
SPEECH = AudioShape()


def program(rendition: str) -> tuple[bytes, list[Fragment]]:
    sound = Sound()
    made: list[Fragment] = []
    if rendition == "sound":
        cut = Fragmenter(None, sound.shape)
        for packet in sound.until(SECONDS):
            made += cut.write(packet)
    else:
        rate, width, height = SHAPES[rendition]
        picture = Picture(rate, width, height)
        cut = Fragmenter(picture.shape, sound.shape)
        for number in range(SECONDS * rate):
            for packet in (*picture.at(number), *sound.until((number + 1) / rate)):
                made += cut.write(packet)
    return cut.init(), made + cut.flush()


@pytest.fixture(scope="module", params=["full", "light", "sound"])
def cut(request: pytest.FixtureRequest) -> tuple[str, bytes, list[Fragment]]:
    return (request.param, *program(request.param))


def test_parts_are_as_long_as_the_target_allows(cut: tuple[str, bytes, list[Fragment]]) -> None:
    _, _, made = cut
    assert max(part.duration_us for part in made) <= PART_US
    assert min(part.duration_us for part in made if not part.last) >= LEAST_SHARE * PART_US


def test_segments_begin_where_one_can_begin_and_have_their_length(cut: tuple[str, bytes, list[Fragment]]) -> None:
    rendition, _, made = cut
    first = [made[0], *(after for before, after in zip(made, made[1:], strict=False) if before.last)]
    assert all(part.independent for part in first) and made[-1].last
    starts = [part.starts_us for part in first]
    if rendition == "sound":
        assert all(abs(b - a - 4_000_000) < 43_000 for a, b in zip(starts, starts[1:], strict=False))
    else:
        assert starts == [0, 2_000_000, 4_000_000, 6_000_000]
        assert sum(part.independent for part in made) == len(first)


def test_parts_follow_without_a_hole_and_say_so_inside(cut: tuple[str, bytes, list[Fragment]]) -> None:
    _, init, made = cut
    clock = clock_of(init)
    assert clock is not None
    at = made[0].starts_us
    for part in made:
        assert part.starts_us == at
        timing = timing_of(part.data, clock)
        assert timing is not None and timing.independent == part.independent
        assert abs(timing.starts_ms - part.starts_ms) <= 1 and abs(timing.duration_us - part.duration_us) <= 1
        at += part.duration_us
    assert abs(at - SECONDS * 1_000_000) < 90_000


def test_every_packet_is_played(cut: tuple[str, bytes, list[Fragment]], tmp_path: Path) -> None:
    rendition, init, made = cut
    path = tmp_path / "whole.mp4"
    path.write_bytes(init + b"".join(part.data for part in made))
    with av.open(str(path)) as file:
        counts = {"video": 0, "audio": 0}
        for packet in file.demux():
            counts[packet.stream.type] += len(packet.decode())
    assert counts["video"] == (0 if rendition == "sound" else SECONDS * SHAPES[rendition][0])
    assert abs(counts["audio"] - SECONDS * 24_000 / 1_024) <= 2


def test_ffprobe_has_nothing_to_remark(cut: tuple[str, bytes, list[Fragment]], tmp_path: Path) -> None:
    _, init, made = cut
    ffprobe = str(require("ffprobe"))
    # Of a head alone it remarks that there is no picture to guess the pixels' format from; that is not an error.
    (tmp_path / "init.mp4").write_bytes(init)
    alone = subprocess.run([ffprobe, "-v", "error", str(tmp_path / "init.mp4")], capture_output=True, timeout=30)
    assert (alone.returncode, alone.stderr) == (0, b"")
    files = {"whole.mp4": init + b"".join(part.data for part in made)}
    segment = b""
    for part in made:
        segment += part.data
        if part.last:
            files[f"segment-{len(files)}.mp4"] = init + segment
            segment = b""
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        said = subprocess.run(
            [ffprobe, "-v", "warning", "-show_packets", "-of", "compact", str(tmp_path / name)],
            capture_output=True,
            timeout=30,
            check=True,
        )
        assert said.stderr == b"" and b"packet|" in said.stdout


def picture(number: int, *, key: bool | None = None, rate: int = 15, late_us: int = 0) -> EncodedPacket:
    """A picture of 15 a second that nobody decodes, with a key picture every 30."""
    is_key = number % 30 == 0 if key is None else key
    starts = round(number * 1_000_000 / rate) + late_us
    return EncodedPacket("video", b"\0\0\1\x65" + bytes([number % 200 + 1] * 9), starts, 1_000_000 // rate, is_key)


def run(number: int) -> EncodedPacket:
    return EncodedPacket("audio", bytes([number % 200 + 1] * 60), round(number * 1_024_000 / 24), 42_667)


def silent() -> Fragmenter:
    return Fragmenter(VideoShape(64, 64, PARAMETERS), None)


def write(cut: Fragmenter, *packets: EncodedPacket) -> list[Fragment]:
    return [part for packet in packets for part in cut.write(packet)]


class TestBorders:
    def test_a_part_goes_out_with_its_last_picture(self) -> None:
        cut = silent()
        assert write(cut, *map(picture, range(4))) == []
        (part,) = write(cut, picture(4))
        assert (part.starts_us, part.duration_us, part.independent, part.last) == (0, 333_333, True, False)

    def test_only_a_key_picture_ends_a_segment(self) -> None:
        cut = silent()
        made = write(cut, *(picture(number, key=number in (0, 33)) for number in range(40)))
        assert [part.last for part in made[:7]] == [False] * 6 + [True]
        assert made[6].duration_us == 200_000

    def test_a_key_picture_before_its_time_begins_no_segment(self) -> None:
        cut = silent()
        made = write(cut, *(picture(number, key=number in (0, 15, 30)) for number in range(31)))
        assert [part.last for part in made] == [False] * 5 + [True]
        assert [part.independent for part in made] == [True, False, False, True, False, False]

    def test_it_begins_with_a_key_picture_and_sound_that_is_not_before_it(self) -> None:
        cut = Fragmenter(VideoShape(64, 64, PARAMETERS), SPEECH)
        made = write(cut, picture(28, key=False), picture(29, key=False))
        assert made == [] and cut.left_out == 2
        made = write(cut, *(picture(number) for number in range(30, 50)), *(run(n) for n in range(40, 100)))
        assert made[0].independent and made[0].starts_us == 2_000_000

    def test_lower_rates_keep_to_the_target(self) -> None:
        for rate in (15, 12, 9, 6, 3):
            cut = silent()
            made = write(cut, *(picture(n, key=n % (2 * rate) == 0, rate=rate) for n in range(6 * rate + 1)))
            assert {round(part.duration_us, -1) for part in made} == {333_330}
            assert [part.last for part in made[:18]] == ([False] * 5 + [True]) * 3

    def test_sound_that_is_still_in_the_encoder_is_waited_for_but_not_for_ever(self) -> None:
        cut = Fragmenter(VideoShape(64, 64, PARAMETERS), SPEECH)
        assert write(cut, *map(picture, range(6)), *map(run, range(7))) == []
        (part,) = write(cut, run(7))
        assert part.duration_us == 333_333
        made = write(cut, *map(picture, range(6, 13)))
        assert len(made) == 1

    def test_a_program_that_stood_still_goes_on_in_a_new_part(self) -> None:
        cut = silent()
        made = write(cut, *map(picture, range(7)), *(picture(number, late_us=5_000_000) for number in range(7, 14)))
        assert [(part.starts_us, part.duration_us) for part in made] == [
            (0, 333_333),
            (333_333, 133_334),
            (5_466_667, 333_333),
        ]

    def test_what_comes_before_what_is_there_is_left_out(self) -> None:
        cut = silent()
        write(cut, *map(picture, range(4)))
        write(cut, picture(1), picture(2), picture(-1, key=False))
        assert cut.left_out == 3
        assert len(write(cut, picture(4))) == 1

    def test_a_hole_in_the_sound_moves_nothing_behind_it(self, tmp_path: Path) -> None:
        sound = Sound()
        pictures = Picture(15, 64, 64)
        cut = Fragmenter(pictures.shape, sound.shape)
        made = []
        for number in range(45):
            packets = [*pictures.at(number), *sound.until((number + 1) / 15)]
            made += write(cut, *(p for p in packets if p.kind == "video" or not 500_000 < p.pts_us < 1_500_000))
        path = tmp_path / "hole.mp4"
        path.write_bytes(cut.init() + b"".join(part.data for part in made + cut.flush()))
        with av.open(str(path)) as file:
            ends = [float(p.pts * p.time_base) for p in file.demux(audio=0) if p.pts is not None and p.time_base]
        assert not [at for at in ends if 0.55 < at < 1.45] and abs(max(ends) - 2.98) < 0.1

    def test_memory_does_not_grow_while_pictures_stay_away(self) -> None:
        cut = Fragmenter(VideoShape(64, 64, PARAMETERS), SPEECH)
        write(cut, *map(run, range(3_000)))
        assert len(cut._lines["audio"].samples) <= 1_001

    def test_without_anything_and_with_the_wrong_thing(self) -> None:
        with pytest.raises(ValueError, match="neither"):
            Fragmenter(None, None)
        with pytest.raises(ValueError, match="no audio"):
            silent().write(run(0))
        assert silent().flush() == []


class TestBitstream:
    def test_parameter_sets_stand_in_the_head_and_nowhere_else(self) -> None:
        slices = b"\x65abc", b"\x65def"
        data = PARAMETERS + b"\0\0\1\x06sei" + b"\0\0\0\1" + slices[0] + b"\0\0\1" + slices[1]
        assert bitstream.sample_of(data) == b"\0\0\0\4" + slices[0] + b"\0\0\0\4" + slices[1]
        record = bitstream.avc_configuration(data)
        assert record[:6] == b"\x01\x42\xc0\x1e\xff\xe1" and bitstream.avc_configuration(record) == record

    @pytest.mark.parametrize("data", [b"", b"\0\0\1\x65abc", b"garbage", b"\0\0\1\x67\x42\xc0\x1e"])
    def test_without_parameter_sets_there_is_no_head(self, data: bytes) -> None:
        with pytest.raises(ValueError, match="SPS"):
            bitstream.avc_configuration(data)

    def test_the_configuration_of_aac_is_the_encoders_own(self) -> None:
        assert Sound().shape.configuration[:2] == bitstream.aac_configuration(24_000, 1)
