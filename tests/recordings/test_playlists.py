"""Playlists of the program, line by line."""

from __future__ import annotations

from recordings.archive.layout import Index, Part, Segment
from recordings.playlists import (
    SOUND,
    VIDEO,
    Interpreted,
    Report,
    Variant,
    codecs_of,
    holds,
    master_playlist,
    media_playlist,
    shape_of,
    too_far,
    vod_playlist,
)

WALL = 1_790_000_000_000


def segment(number: int, parts: int = 6, *, epoch: int = 1, whole: bool = True, at: int | None = None) -> Segment:
    start = number * 2_000 if at is None else at
    pieces = tuple(
        Part("light", epoch, number, i, i * 100, 100, 333_333, i == 0, start + i * 333, WALL + start + i * 333)
        for i in range(parts)
    )
    return Segment("light", epoch, number, 1, pieces, whole)


def long(number: int, *, epoch: int = 1) -> Segment:
    start = number * 4_000
    part = Part("sound", epoch, number, 0, 0, 13_000, 4_010_667, True, start, WALL + start)
    return Segment("sound", epoch, number, 1, (part,), True)


def index(*segments: Segment) -> Index:
    return Index("s1", "light", segments)


def test_a_playlist_that_is_on() -> None:
    found = media_playlist(
        index(segment(0), segment(1), segment(2, 2, whole=False)), VIDEO, live=True, reports=[Report("full", 2, 1)]
    )
    lines = found.splitlines()
    assert lines[:6] == [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.002,HOLD-BACK=6.000",
        "#EXT-X-PART-INF:PART-TARGET=0.334",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    assert lines[6:9] == [
        "#EXT-X-MEDIA-SEQUENCE:0",
        '#EXT-X-MAP:URI="init-1.mp4"',
        "#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:20.000Z",
    ]
    assert lines[9] == '#EXT-X-PART:DURATION=0.333,URI="000000.0.m4s",INDEPENDENT=YES'
    assert lines[10] == '#EXT-X-PART:DURATION=0.333,URI="000000.1.m4s"'
    assert lines[15:17] == ["#EXTINF:2.000,", "000000.m4s"]
    assert lines[-4:] == [
        '#EXT-X-PART:DURATION=0.333,URI="000002.0.m4s",INDEPENDENT=YES',
        '#EXT-X-PART:DURATION=0.333,URI="000002.1.m4s"',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="000002.2.m4s"',
        '#EXT-X-RENDITION-REPORT:URI="../full/live.m3u8",LAST-MSN=2,LAST-PART=1',
    ]
    assert "ENDLIST" not in found


def test_the_hint_after_a_whole_segment_is_the_first_part_of_the_next() -> None:
    assert 'PRELOAD-HINT:TYPE=PART,URI="000002.0.m4s"' in media_playlist(index(segment(1)), VIDEO, live=True)


def test_only_the_last_seconds_are_shown_and_parts_of_fewer() -> None:
    many = index(*(segment(number) for number in range(40)), segment(40, 1, whole=False))
    found = media_playlist(many, VIDEO, live=True)
    assert found.count("#EXTINF") == VIDEO.window - 1 and "#EXT-X-MEDIA-SEQUENCE:29\n" in found
    assert '"000037.0.m4s"' in found and '"000036.5.m4s"' not in found
    assert len(found.encode()) < 2_600


def test_sound_is_sent_in_whole_segments() -> None:
    found = media_playlist(Index("s1", "sound", tuple(long(n) for n in range(20))), SOUND, live=True)
    assert "PART" not in found and "SERVER-CONTROL" not in found and "HINT" not in found
    assert "#EXT-X-TARGETDURATION:4\n" in found and found.count("#EXTINF:4.011,") == SOUND.window


def test_a_new_epoch_is_a_discontinuity_with_a_header_of_its_own() -> None:
    found = media_playlist(index(segment(4), segment(5, epoch=2, at=10_900)), VIDEO, live=True)
    at = found.index("#EXT-X-DISCONTINUITY\n")
    assert found[at:].startswith(
        '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-2.mp4"\n#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:30.900Z\n'
    )
    assert "DISCONTINUITY-SEQUENCE" not in found


def test_discontinuities_that_left_the_window_are_counted() -> None:
    broken = [segment(n, epoch=1 + (n >= 3) + (n >= 6)) for n in range(30)]
    found = media_playlist(index(*broken), VIDEO, live=True)
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:2\n" in found and "#EXT-X-DISCONTINUITY\n" not in found
    assert '#EXT-X-MAP:URI="init-3.mp4"' in found


def test_a_missing_segment_is_a_gap_and_a_long_absence_a_new_beginning() -> None:
    found = media_playlist(index(segment(4), segment(6)), VIDEO, live=True)
    assert "#EXT-X-GAP\n#EXTINF:2.000,\n000005.m4s\n#EXT-X-DISCONTINUITY\n" in found
    after = media_playlist(index(segment(4), segment(5_000, epoch=2)), VIDEO, live=True)
    assert "GAP" not in after and "#EXT-X-MEDIA-SEQUENCE:5000\n" in after and "DISCONTINUITY-SEQUENCE:1\n" in after


def test_what_is_nobodys_any_more_keeps_its_place() -> None:
    shown = index(segment(0), segment(1), segment(2, 2, whole=False))
    plain = media_playlist(shown, VIDEO, live=True)
    found = media_playlist(shown, VIDEO, live=True, gone={0, 2})
    assert found.replace("#EXT-X-GAP\n", "").replace(",GAP=YES", "") == plain
    assert found.count("#EXT-X-GAP\n") == 1 and found.count(",GAP=YES") == 6 + 2


def test_a_clock_that_was_set_is_told_anew() -> None:
    moved = index(segment(0), segment(1), segment(2, at=9_000))
    assert media_playlist(moved, VIDEO, live=True).count("PROGRAM-DATE-TIME") == 2


def test_after_the_close_the_list_ends_with_its_last_whole_segment() -> None:
    found = media_playlist(index(segment(0), segment(1, 2, whole=False)), VIDEO, live=False)
    assert found.endswith("000000.m4s\n#EXT-X-ENDLIST\n")
    assert "EXT-X-PART:" not in found and "HINT" not in found and "000001" not in found


def test_before_the_first_segment_there_is_a_list_without_any() -> None:
    assert "EXTINF" not in media_playlist(index(), VIDEO, live=True)


def test_what_is_kept_is_listed_whole_or_by_spans_of_time() -> None:
    kept = index(*(segment(n, epoch=1 + (n >= 3)) for n in range(6)), segment(6, 1, whole=False, epoch=2))
    found = vod_playlist(kept, VIDEO)
    assert "#EXT-X-PLAYLIST-TYPE:VOD\n" in found and found.endswith("#EXT-X-ENDLIST\n")
    assert found.count("#EXTINF") == 6 and found.count("#EXT-X-DISCONTINUITY\n") == 1 and "PART" not in found
    some = vod_playlist(kept, VIDEO, within=[(0, 2_000), (8_000, 12_000)])
    assert [line for line in some.splitlines() if line.endswith("m4s")] == ["000000.m4s", "000004.m4s", "000005.m4s"]
    assert some.count("#EXT-X-DISCONTINUITY\n") == 1 and "GAP" not in some


def test_the_master_playlist_names_every_rendition() -> None:
    found = master_playlist(
        [Variant("full", 450_000, "avc1.42c01e,mp4a.40.2", 640, 360, 15), Variant("sound", 30_000, "mp4a.40.2")]
    )
    assert found.splitlines()[3:] == [
        '#EXT-X-STREAM-INF:BANDWIDTH=450000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=15.000',
        "full/live.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=30000,CODECS="mp4a.40.2"',
        "sound/live.m3u8",
    ]


def test_the_master_playlist_offers_an_interpreter_beside_the_floor_and_chooses_none() -> None:
    found = master_playlist(
        [Variant("light", 150_000, "avc1.42c01e,mp4a.40.2", 426, 240, 12), Variant("sound", 30_000, "mp4a.40.2")],
        interpreted=[Interpreted("sound-1", 31_000, "English", "en"), Interpreted("sound-2", 29_000, "2")],
    )
    sounds = [line for line in found.splitlines() if line.startswith("#EXT-X-MEDIA:")]
    assert sounds == [
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="اصل / Original",DEFAULT=YES,AUTOSELECT=YES',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=NO,'
        'URI="sound-1/live.m3u8"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="2",DEFAULT=NO,AUTOSELECT=NO,URI="sound-2/live.m3u8"',
    ]
    assert "BANDWIDTH=181000," in found and "BANDWIDTH=61000," in found
    assert found.count(',AUDIO="sound"\n') == 2


def test_a_channel_that_began_later_counts_the_breaks_before_it() -> None:
    later = Index("s1", "sound-1", (long(0, epoch=3), long(1, epoch=3), long(2, epoch=4)))
    found = media_playlist(later, SOUND, live=True, breaks_before=2)
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:2\n" in found and found.count("#EXT-X-DISCONTINUITY\n") == 1
    assert "#EXT-X-MEDIA-SEQUENCE:0\n" in found and "init-3.mp4" in found and "init-4.mp4" in found


def test_every_rendition_has_a_shape_and_nothing_else() -> None:
    assert shape_of("full") == shape_of("light") == VIDEO
    assert shape_of("sound") == shape_of("sound-1") == shape_of("sound-4") == SOUND
    assert shape_of("sound-5") is shape_of("fence") is shape_of("") is None


def test_codecs_are_read_from_the_header() -> None:
    assert codecs_of(b"....avcC\x01\x42\xc0\x1e\xff....mp4a") == "avc1.42c01e,mp4a.40.2"
    assert codecs_of(b"...mp4a") == "mp4a.40.2"
    assert codecs_of(b"avcC\x01") == codecs_of(b"") == ""


def test_a_blocking_reload_waits_for_its_part_or_a_later_one() -> None:
    now = index(segment(4), segment(5, 2, whole=False))
    assert holds(now, 5, 1) and not holds(now, 5, 2) and not holds(now, 5, None)
    assert holds(now, 4, 99) and not holds(now, 6, 0)
    done = index(segment(4), segment(5))
    assert holds(done, 5, None) and holds(done, 5, 5)
    assert not holds(done, 5, 6), "a part behind the last of a segment is the first of the next"
    assert not holds(index(), 0, 0)


def test_what_is_far_away_is_never_waited_for() -> None:
    now = index(segment(4), segment(5, 2, whole=False))
    assert not too_far(now, VIDEO, 5, 2) and not too_far(now, VIDEO, 6, 0) and not too_far(now, VIDEO, 7, 0)
    assert too_far(now, VIDEO, 8, 0) and too_far(now, VIDEO, 5, 11) and not too_far(now, VIDEO, 5, 10)
    assert too_far(index(), VIDEO, 3, 0)
