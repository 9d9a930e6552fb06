"""Our offers, and the few facts we need of an answer (RFC 8866, RFC 9143, RFC 8829).

The server offers and chooses payload types, SSRCs and extension ids, so that a packet can be the same for everyone.
What holds for the whole transport is written once, at session level: an offer of twelve seats stays small.
A publishing peer has one audio and one video line; a watching peer has a fixed pair for each seat, so that people can
come to the stage and leave it without any further description being exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from signaling.media.port import Codec, MediaRefused
from signaling.media.rtp import LEVEL_ID, SEND_TIME_ID

AUDIO_PT = 111
VIDEO_PT: dict[Codec, int] = {"vp8": 96, "h264": 102}
RTX_PT: dict[Codec, int] = {"vp8": 97, "h264": 103}
AUDIO_CLOCK, VIDEO_CLOCK = 48_000, 90_000

#: 24 kbit/s mono in 40 ms frames with in-band FEC, and hardly anything while nobody speaks (RFC 7587 §6.1).
OPUS = "minptime=40;ptime=40;maxaveragebitrate=24000;stereo=0;sprop-stereo=0;useinbandfec=1;usedtx=1;cbr=0"
#: Constrained baseline 3.1: what every phone encodes in hardware.
H264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"

#: Longest answer looked at, in bytes: a browser's own for 24 lines has about 20,000.
MAX_ANSWER = 49_152
MAX_LINES = 1_500

_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}\Z")
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}\Z")
_FINGERPRINT = re.compile(r"(sha-256|sha-384|sha-512) ((?:[0-9A-Fa-f]{2}:){31,63}[0-9A-Fa-f]{2})\Z")
_MEDIA = re.compile(r"(audio|video) (\d{1,5}) [A-Z/]{3,40} (\d{1,3}(?: \d{1,3}){0,63})\Z")


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of one transport. `candidates` are (address, port, priority)."""

    ufrag: str
    pwd: str
    fingerprint: str
    candidates: Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class SeatLines:
    """The fixed identifiers of one seat's pair of lines, or of the program's. `stream`: the stream's id where it is not
    the seat's."""

    seat: str
    audio_ssrc: int
    video_ssrc: int
    rtx_ssrc: int
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What counts in an answer. `active` has one entry for each line of the offer, in its order."""

    ufrag: str
    pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    active: tuple[bool, ...]


def publish_offer(local: Local, codec: Codec, kbps: int) -> str:
    lines = _head(local, 2)
    lines += _audio(0, "recvonly", local) + [f"a=extmap:{LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level"]
    lines += _video(1, "recvonly", codec, kbps, local)
    return "\r\n".join(lines) + "\r\n"


def watch_offer(local: Local, codec: Codec, seats: Sequence[SeatLines]) -> str:
    lines = _head(local, 2 * len(seats))
    for i, seat in enumerate(seats):
        lines += _audio(2 * i, "sendonly", local) + sound_names(seat)
        lines += _video(2 * i + 1, "sendonly", codec, None, local) + picture_names(seat)
    return "\r\n".join(lines) + "\r\n"


def program_offer(local: Local, codec: Codec, program: SeatLines, pictured: bool) -> str:
    """The program's sound, and its picture if it has one."""
    lines = _head(local, 2 if pictured else 1)
    lines += _audio(0, "sendonly", local) + sound_names(program)
    if pictured:
        lines += _video(1, "sendonly", codec, None, local) + picture_names(program)
    return "\r\n".join(lines) + "\r\n"


def sound_names(lines: SeatLines) -> list[str]:
    """Under which names a watcher finds a sound (RFC 8830, RFC 5576)."""
    stream = lines.stream or lines.seat
    return [f"a=msid:{stream} {stream}a", f"a=ssrc:{lines.audio_ssrc} cname:{lines.seat}"]


def picture_names(lines: SeatLines, *, again: bool = True) -> list[str]:
    """The same of a picture. `again`: with its retransmissions."""
    stream, video, rtx = lines.stream or lines.seat, lines.video_ssrc, lines.rtx_ssrc
    found = [f"a=msid:{stream} {stream}v", f"a=ssrc:{video} cname:{lines.seat}"]
    if again:
        found[1:1] = [f"a=ssrc-group:FID {video} {rtx}"]
        found.append(f"a=ssrc:{rtx} cname:{lines.seat}")
    return found


def private_offer(local: Local, ssrc: int) -> str:
    """One sound each way; who only listens answers so."""
    lines = _head(local, 1) + _audio(0, "sendrecv", local)
    lines += [f"a=extmap:{LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level"]
    lines += ["a=msid:private privatea", f"a=ssrc:{ssrc} cname:private"]
    return "\r\n".join(lines) + "\r\n"


def _head(local: Local, lines: int) -> list[str]:
    return [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(str(i) for i in range(lines)),
        "a=msid-semantic: WMS *",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.pwd}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        "a=setup:actpass",
    ]


def _common(mid: int, direction: str, local: Local) -> list[str]:
    """What every line has. The candidates are repeated, because a client that bundles from the start may look at any
    one of the lines."""
    return [
        "c=IN IP4 0.0.0.0",
        f"a=mid:{mid}",
        f"a={direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=extmap:{SEND_TIME_ID} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        *(f"a=candidate:{i} 1 udp {p} {host} {port} typ host" for i, (host, port, p) in enumerate(local.candidates, 1)),
    ]


def _audio(mid: int, direction: str, local: Local) -> list[str]:
    lines = [f"m=audio 9 UDP/TLS/RTP/SAVPF {AUDIO_PT}", *_common(mid, direction, local)]
    return [
        *lines,
        f"a=rtpmap:{AUDIO_PT} opus/48000/2",
        f"a=rtcp-fb:{AUDIO_PT} nack",
        f"a=fmtp:{AUDIO_PT} {OPUS}",
        "a=ptime:40",
    ]


def _video(mid: int, direction: str, codec: Codec, kbps: int | None, local: Local) -> list[str]:
    pt, rtx = VIDEO_PT[codec], RTX_PT[codec]
    lines = [f"m=video 9 UDP/TLS/RTP/SAVPF {pt} {rtx}", *_common(mid, direction, local)]
    if kbps is not None:
        lines.insert(2, f"b=AS:{kbps}")
    lines.append(f"a=rtpmap:{pt} {'VP8' if codec == 'vp8' else 'H264'}/90000")
    lines += [f"a=rtcp-fb:{pt} {kind}" for kind in ("goog-remb", "ccm fir", "nack", "nack pli")]
    if codec == "h264":
        lines.append(f"a=fmtp:{pt} {H264}")
    return [*lines, f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={pt}"]


_DIRECTIONS = ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")


def read_answer(text: str, codec: Codec, lines: int, sending: bool) -> Answer:
    """Reads a browser's answer to an offer of so many lines. `sending` says whether the browser sends (publishes).

    The transport's values are taken from the session or the first line that has them, because a client may leave out
    the rest (RFC 9143 §7.3). Candidates are not read at all: clients come to us, so their addresses are neither
    tried nor kept. Raises `MediaRefused`.
    """
    if len(text) > MAX_ANSWER:
        raise MediaRefused("media_answer_too_long")
    rows = text.splitlines()
    if len(rows) > MAX_LINES or not rows or rows[0] != "v=0":
        raise MediaRefused("media_answer_invalid")
    values, prints, sections = split(rows)
    ufrag, pwd = values.get("a=ice-ufrag", ""), values.get("a=ice-pwd", "")
    if not usable(ufrag, pwd):
        raise MediaRefused("media_answer_invalid")
    if values.get("a=setup") != "active":
        raise MediaRefused("media_answer_invalid")
    if not prints:
        raise MediaRefused("media_insecure")
    if len(sections) != lines:
        raise MediaRefused("media_answer_mismatch")
    active = tuple(_active(section, i, codec, sending) for i, section in enumerate(sections))
    if not any(active):
        raise MediaRefused("media_no_tracks")
    return Answer(ufrag, pwd, prints, active)


def split(rows: Sequence[str]) -> tuple[dict[str, str], tuple[tuple[str, str], ...], list[list[str]]]:
    """The transport's values, its fingerprints, and for each line of media what is written of it."""
    values: dict[str, str] = {}
    prints: list[tuple[str, str]] = []
    sections: list[list[str]] = []
    for row in rows:
        if row.startswith("m="):
            sections.append([row[2:]])
        elif sections:
            sections[-1].append(row)
        name, _, value = row.partition(":")
        if name in ("a=ice-ufrag", "a=ice-pwd", "a=setup"):
            values.setdefault(name, value)
        elif name == "a=fingerprint":
            match = _FINGERPRINT.match(value.strip())
            if match and len(prints) < 64:
                prints.append((match[1], match[2].upper()))
    return values, tuple(dict.fromkeys(prints)), sections


def usable(ufrag: str, pwd: str) -> bool:
    """Whether these are an ICE name fragment and password (RFC 8839 §5.4)."""
    return bool(_UFRAG.match(ufrag) and _PWD.match(pwd))


def _active(section: list[str], index: int, codec: Codec, sending: bool) -> bool:
    """Whether media flows on a line; a line that is switched off is fine, one with another codec is not."""
    match = _MEDIA.match(section[0])
    if match is None:
        raise MediaRefused("media_answer_invalid")
    if match[1] != ("video" if index % 2 else "audio"):
        raise MediaRefused("media_answer_mismatch")
    direction = next((row[2:] for row in section if row in _DIRECTIONS), "sendrecv")
    if str(VIDEO_PT[codec] if index % 2 else AUDIO_PT) not in match[3].split():
        # A browser without the codec refuses the line but keeps the direction that was wanted.
        if direction == "inactive":
            return False
        raise MediaRefused("media_codec")
    return int(match[2]) != 0 and direction not in ("inactive", "recvonly" if sending else "sendonly")
