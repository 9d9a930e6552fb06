"""Reading an encoder's offer, and the answer to it."""

from __future__ import annotations

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import client_offer, sdp
from signaling.media.client_offer import Payloads
from signaling.media.port import REFUSALS, Codec, MediaRefused

LOCAL = sdp.Local("abcd", "p" * 22, ":".join(["AB"] * 32), [("192.0.2.9", 40_000, 2_130_706_431)])
TRANSPORT = (
    "c=IN IP4 0.0.0.0\r\na=ice-ufrag:wxyz\r\na=ice-pwd:" + "q" * 24 + "\r\n"
    "a=fingerprint:sha-256 " + ":".join(["CD"] * 32) + "\r\na=setup:{setup}\r\na=sendonly\r\na=rtcp-mux\r\n"
)
HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
AUDIO = "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n" + TRANSPORT + "a=mid:0\r\na=rtpmap:109 opus/48000/2\r\n"
VIDEO = (
    "m=video 9 UDP/TLS/RTP/SAVPF 120 106 105\r\n" + TRANSPORT + "a=mid:1\r\na=rtpmap:120 H264/90000\r\n"
    "a=fmtp:120 profile-level-id=64001f;packetization-mode=1\r\na=rtpmap:106 H264/90000\r\n"
    "a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42000c\r\na=rtcp-fb:106 nack\r\n"
    "a=rtcp-fb:106 transport-cc\r\na=rtpmap:105 rtx/90000\r\na=fmtp:105 apt=106\r\n"
    "a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
    "a=extmap:9 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
)
OFFER = (HEAD + AUDIO + VIDEO).replace("{setup}", "passive")


def read(text: str = OFFER, codec: Codec = "h264") -> client_offer.ClientOffer:
    return client_offer.read(text, codec)


def code(text: str, codec: Codec = "h264") -> str:
    with pytest.raises(MediaRefused) as refused:
        read(text, codec)
    assert refused.value.code in REFUSALS
    return refused.value.code


def test_the_client_s_payload_types_are_kept_and_the_profile_is_the_one_that_phones_decode() -> None:
    offer = read()
    assert offer.payloads == Payloads(109, 106, 105)
    assert (offer.remote.ufrag, offer.remote.active) == ("wxyz", (True, True))


def test_the_answer_is_well_formed_for_another_reader() -> None:
    text = client_offer.answer(LOCAL, read(), 600)
    answer = SessionDescription.parse(text)
    assert [(each.kind, each.direction, each.rtp.muxId) for each in answer.media] == [
        ("audio", "recvonly", "0"),
        ("video", "recvonly", "1"),
    ]
    assert [[codec.payloadType for codec in each.rtp.codecs] for each in answer.media] == [[109], [106, 105]]
    assert "a=ice-lite" in text and "a=rtcp-fb:106 nack\r\n" in text and "transport-cc" not in text
    # An extension under another number than ours is left out, not read wrongly.
    assert "a=extmap:3 " in text and "audio-level" not in text
    assert "profile-level-id=42000c" in text and text.count("a=candidate:1 1 udp 2130706431 192.0.2.9 40000 ") == 2


@pytest.mark.parametrize(
    ("setup", "role", "answered"),
    [("actpass", "server", "passive"), ("active", "server", "passive"), ("passive", "client", "active")],
)
def test_the_handshake_follows_from_the_offer(setup: str, role: str, answered: str) -> None:
    offer = read((HEAD + AUDIO + VIDEO).replace("{setup}", setup))
    assert offer.role == role
    assert f"a=setup:{answered}\r\n" in client_offer.answer(LOCAL, offer, 600)


def test_lines_that_the_stage_cannot_forward_are_refused_one_by_one() -> None:
    data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\n"
    text = client_offer.answer(LOCAL, read(OFFER + data), 600)
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" in text and "a=group:BUNDLE 0 1\r\n" in text


def test_sound_alone_is_enough() -> None:
    offer = read((HEAD + AUDIO).replace("{setup}", "actpass"), "vp8")
    assert offer.payloads == Payloads(109, None) and offer.remote.active == (True, False)


@pytest.mark.parametrize(
    ("text", "codec", "refusal"),
    [
        (OFFER, "vp8", "media_codec"),
        (
            OFFER.replace("packetization-mode=1;profile-level-id=42000c", "profile-level-id=42000c"),
            "h264",
            "media_codec",
        ),
        (OFFER.replace("a=sendonly", "a=recvonly"), "h264", "media_no_tracks"),
        (OFFER.replace("a=rtcp-mux\r\n", ""), "h264", "media_no_tracks"),
        (OFFER.replace("a=group:BUNDLE 0 1\r\n", ""), "h264", "media_answer_invalid"),
        (OFFER.replace("a=setup:passive", "a=setup:holdconn"), "h264", "media_answer_invalid"),
        (OFFER.replace("a=fingerprint", "a=x-fingerprint"), "h264", "media_insecure"),
        (OFFER.replace("a=ice-pwd", "a=x-pwd"), "h264", "media_answer_invalid"),
        (OFFER.replace("a=mid:1", "a=mid:0"), "h264", "media_answer_invalid"),
        (OFFER.replace("m=audio 9 UDP", "m=audio 9 <b>"), "h264", "media_answer_invalid"),
        (OFFER + "a=x\r\n" * 6_000, "h264", "media_answer_too_long"),
        ("", "h264", "media_answer_invalid"),
        (HEAD, "h264", "media_answer_invalid"),
    ],
)
def test_what_is_refused(text: str, codec: Codec, refusal: str) -> None:
    assert code(text, codec) == refusal


def test_a_payload_type_that_is_taken_for_rtcp_is_none() -> None:
    assert code((HEAD + AUDIO).replace("{setup}", "active").replace("109", "72")) == "media_no_tracks"


@given(st.data())
def test_whatever_comes_is_refused_or_answered(data: st.DataObject) -> None:
    rows = OFFER.split("\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(rows) - 1))
        rows[at : at + 1] = data.draw(st.sampled_from([[], [rows[at]] * 2, [rows[at][: len(rows[at]) // 2]]]))
        rows.insert(at, data.draw(st.text(max_size=30) | st.sampled_from(rows or [""])))
    try:
        offer = read("\r\n".join(rows))
    except MediaRefused as refused:
        assert refused.code in REFUSALS
    else:
        answer = client_offer.answer(LOCAL, offer, 600)
        assert answer.count("\r\nm=") == len(offer.media)
