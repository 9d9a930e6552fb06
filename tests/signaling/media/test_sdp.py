from __future__ import annotations

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import sdp
from signaling.media.port import REFUSALS, Codec, MediaRefused

LOCAL = sdp.Local("abcd", "p" * 22, ":".join(["AB"] * 32), [("192.0.2.9", 40_000, 2_130_706_431)])
SEATS = [sdp.SeatLines(f"seat{i}", 10 + i, 30 + i, 50 + i) for i in range(12)]

ANSWER = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=candidate:1 1 udp 1 192.168.7.7 5 typ host\r\n"
    "a=ice-ufrag:wxyz\r\na=ice-pwd:" + "q" * 24 + "\r\na=fingerprint:sha-256 " + ":".join(["CD"] * 32) + "\r\n"
    "a=setup:active\r\na=mid:0\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=sendonly\r\n"
)


def read(text: str, codec: str = "vp8", lines: int = 2, sending: bool = True) -> sdp.Answer:
    return sdp.read_answer(text, codec, lines, sending)  # type: ignore[arg-type]


def code(text: str, **given: object) -> str:
    with pytest.raises(MediaRefused) as refused:
        read(text, **given)  # type: ignore[arg-type]
    assert refused.value.code in REFUSALS
    return refused.value.code


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_offers_are_well_formed_for_another_reader(codec: Codec) -> None:
    offer = SessionDescription.parse(sdp.watch_offer(LOCAL, codec, SEATS))
    assert len(offer.media) == 24
    assert {media.direction for media in offer.media} == {"sendonly"}
    assert all(media.ice and media.ice.usernameFragment == "abcd" and media.dtls is not None for media in offer.media)
    video = offer.media[3]
    assert video.msid == "seat1 seat1v" and [str(g) for g in video.ssrc_group] == ["FID 31 51"]
    publish = SessionDescription.parse(sdp.publish_offer(LOCAL, codec, 600))
    assert [media.direction for media in publish.media] == ["recvonly", "recvonly"]
    opus = publish.media[0].rtp.codecs[0].parameters
    assert {opus[name] for name in ("usedtx", "useinbandfec", "ptime", "maxaveragebitrate")} == {"1", 1, "40", "24000"}


def test_an_offer_of_twelve_seats_stays_small() -> None:
    assert len(sdp.watch_offer(LOCAL, "vp8", SEATS)) < 14_000


def test_an_answer_in_short_form_is_enough() -> None:
    answer = read(ANSWER)
    assert (answer.ufrag, answer.pwd, answer.active) == ("wxyz", "q" * 24, (True, True))
    assert answer.fingerprints == (("sha-256", ":".join(["CD"] * 32)),)


def test_a_picture_may_be_switched_off() -> None:
    assert read(ANSWER[: ANSWER.rindex("a=sendonly")] + "a=inactive\r\n").active == (True, False)
    assert read(ANSWER.replace("m=video 9", "m=video 0")).active == (True, False)
    gone = ANSWER.replace("m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=sendonly", "m=video 0 UDP/TLS/RTP/SAVPF 0")
    assert read(gone + "a=inactive\r\n").active == (True, False)


def test_direction_is_that_of_the_offer() -> None:
    assert code(ANSWER.replace("sendonly", "recvonly")) == "media_no_tracks"
    assert read(ANSWER.replace("sendonly", "recvonly"), sending=False).active == (True, True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "media_answer_invalid"),
        ("hello", "media_answer_invalid"),
        ("v=0\r\n", "media_answer_invalid"),
        (ANSWER + "a=x\r\n" * 20_000, "media_answer_too_long"),
        (ANSWER + "\n" * 2_000, "media_answer_invalid"),
        (ANSWER.replace("a=ice-pwd:", "a=ice-pwd:!"), "media_answer_invalid"),
        (ANSWER.replace("wxyz", "x"), "media_answer_invalid"),
        (ANSWER.replace("wxyz", "wxyz\0"), "media_answer_invalid"),
        (ANSWER.replace("a=setup:active", "a=setup:passive"), "media_answer_invalid"),
        (ANSWER.replace("a=fingerprint:sha-256", "a=fingerprint:md5"), "media_insecure"),
        (ANSWER.replace("CD:", ""), "media_insecure"),
        (ANSWER[: ANSWER.index("m=video")], "media_answer_mismatch"),
        (ANSWER + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", "media_answer_mismatch"),
        (ANSWER.replace("m=video", "m=audio"), "media_answer_mismatch"),
        (ANSWER.replace("m=video 9", "m=video nine"), "media_answer_invalid"),
        (ANSWER.replace("SAVPF 96 97", "SAVPF 98"), "media_codec"),
        (ANSWER.replace("m=video 9 UDP/TLS/RTP/SAVPF 96 97", "m=video 0 UDP/TLS/RTP/SAVPF 0"), "media_codec"),
        (ANSWER.replace("SAVPF 111", "SAVPF 0"), "media_codec"),
        (ANSWER.replace("sendonly", "inactive"), "media_no_tracks"),
    ],
)
def test_unusable_answers_are_refused_by_code(text: str, wanted: str) -> None:
    assert code(text) == wanted


def test_the_codec_of_the_session_counts() -> None:
    assert code(ANSWER, codec="h264") == "media_codec"


@given(st.text(max_size=200), st.integers(0, len(ANSWER)), st.integers(0, 60))
def test_whatever_a_client_writes_is_read_or_refused(noise: str, at: int, cut: int) -> None:
    try:
        read(ANSWER[:at] + noise + ANSWER[at + cut :])
    except MediaRefused as refused:
        assert refused.code in REFUSALS
