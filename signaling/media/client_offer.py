"""An encoder's own offer and our answer to it (RFC 9725 §4.4), or a player's: the other side chooses the numbers.

Only what the stage can forward is accepted: one Opus line and one line of the session's video codec, bundled on one
transport with RTCP on it. Whatever else is offered is refused line by line, with port 0. We answer as an ICE-lite agent
(RFC 8445 §2.5): encoders come to us, and many of them answer no checks of ours once they send.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from signaling.media import sdp
from signaling.media.labels import Labels
from signaling.media.port import Codec, MediaRefused
from signaling.media.rtp import LEVEL_ID, SEND_TIME_ID

#: Our part in the DTLS handshake.
Role = Literal["server", "client"]
#: The offer's `a=setup` and what follows from it for us (RFC 5763 §5): whoever leaves it open is answered passively.
ROLES: dict[str, Role] = {"actpass": "server", "active": "server", "passive": "client"}

#: Longest offer looked at, in bytes, and most lines of media in it; encoders write about 2,000 and two.
MAX_OFFER = 16_384
MAX_MEDIA = 8

_EXTENSIONS = {
    LEVEL_ID: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    SEND_TIME_ID: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
}
_FEEDBACK = ("goog-remb", "ccm fir", "nack", "nack pli")
_HEAD = re.compile(r"[a-z]{1,16} \d{1,5} [A-Za-z/]{3,40}( [\w-]{1,32}){1,64}\Z", re.ASCII)
_PROFILE = re.compile(r"42[0-9a-f]{4}\Z")


@dataclass(frozen=True, slots=True)
class Payloads:
    """The client's payload types; None where it sends no such thing."""

    audio: int | None
    video: int | None
    rtx: int | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """One line of media of the offer. `attributes` are those of ours that answer it; none: the line is refused."""

    head: str
    mid: str
    attributes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """audio or video; what else there is, we refuse."""
        return self.head.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class ClientOffer:
    """What counts in an encoder's or a player's offer. `send_time`: her id of abs-send-time, if she has one."""

    remote: sdp.Answer
    role: Role
    payloads: Payloads
    media: tuple[Media, ...]
    send_time: int | None = None


def read(text: str, codec: Codec, *, receives: bool = False, picture: bool = True) -> ClientOffer:
    """Reads an offer. Raises `MediaRefused`: `media_codec` when its picture is of another codec than the session's.

    Arguments:
        receives: it is a player's, which wants to be sent sound and picture; else an encoder's.
        picture: there is one; without, the offer's lines for pictures are refused.
    """
    if len(text) > MAX_OFFER:
        raise MediaRefused("media_answer_too_long")
    rows = text.splitlines()
    if not rows or rows[0] != "v=0":
        raise MediaRefused("media_answer_invalid")
    values, prints, sections = sdp.split(rows)
    ufrag, pwd, role = values.get("a=ice-ufrag", ""), values.get("a=ice-pwd", ""), values.get("a=setup", "")
    if not sdp.usable(ufrag, pwd) or role not in ROLES or not 1 <= len(sections) <= MAX_MEDIA:
        raise MediaRefused("media_answer_invalid")
    if not prints:
        raise MediaRefused("media_insecure")
    audio = video = rtx = send_time = None
    media: list[Media] = []
    if len(sections) > 1 and not any(row.startswith("a=group:BUNDLE ") for row in rows):
        raise MediaRefused("media_answer_invalid")
    for section in sections:
        if _HEAD.match(section[0]) is None:
            raise MediaRefused("media_answer_invalid")
        kind, _, rest = section[0].partition(" ")
        offered = rest.split(" ")[2:]
        mid = _first(section, "a=mid:") or str(len(media))
        away = "a=sendonly" if receives else "a=recvonly"
        wants = away not in section and "a=inactive" not in section and not rest.startswith("0 ")
        usable = wants and "a=rtcp-mux" in section and _token(mid)
        attributes: tuple[str, ...] = ()
        if usable and kind == "audio" and audio is None:
            audio = _find(section, offered, "opus", "")
            attributes = () if audio is None else _audio(section, audio)
        elif usable and kind == "video" and video is None and picture:
            video = _find(section, offered, "vp8" if codec == "vp8" else "h264", codec)
            if video is None:
                raise MediaRefused("media_codec")
            rtx = _rtx(section, offered, video)
            attributes = _video(section, codec, video, rtx)
        if attributes and send_time is None:
            send_time = _send_time(section)
        media.append(Media(section[0], mid, attributes))
    if audio is None and video is None:
        raise MediaRefused("media_no_tracks")
    if len({each.mid for each in media}) != len(media):
        raise MediaRefused("media_answer_invalid")
    remote = sdp.Answer(ufrag, pwd, prints, (audio is not None, video is not None))
    return ClientOffer(remote, ROLES[role], Payloads(audio, video, rtx), tuple(media), send_time)


def _first(section: list[str], name: str) -> str:
    return next((row[len(name) :] for row in section if row.startswith(name)), "")


def _token(mid: str) -> bool:
    """What may be repeated in our answer: a short plain token (RFC 5888 §4)."""
    return 0 < len(mid) <= 32 and mid.isascii() and mid.replace("-", "").replace("_", "").isalnum()


def _maps(section: list[str], name: str) -> dict[str, str]:
    """Payload type → what `name` says of it, as in `a=rtpmap:96 VP8/90000`."""
    found: dict[str, str] = {}
    for row in section:
        if row.startswith(name):
            number, _, rest = row[len(name) :].partition(" ")
            found.setdefault(number, rest.strip())
    return found


def _number(text: str) -> int | None:
    """A payload type that cannot be taken for RTCP (RFC 5761 §4)."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 999
    return number if number < 64 or 96 <= number < 128 else None


def _find(section: list[str], offered: list[str], encoding: str, codec: str) -> int | None:
    names, given = _maps(section, "a=rtpmap:"), _maps(section, "a=fmtp:")
    for number in offered:
        if names.get(number, "").lower().split("/")[0] != encoding:
            continue
        if codec == "h264" and _profile(given.get(number, "")) is None:
            continue
        return _number(number)
    return None


def _profile(parameters: str) -> str | None:
    """The profile and level, when this H.264 is of the kind that every phone decodes: baseline, packets that may be
    fragments (RFC 6184 §8.1)."""
    pairs = (part.strip().lower().partition("=") for part in parameters.split(";"))
    given = {name: value for name, _, value in pairs}
    profile = given.get("profile-level-id", "42e01f")
    return profile if given.get("packetization-mode") == "1" and _PROFILE.match(profile) else None


def _rtx(section: list[str], offered: list[str], video: int) -> int | None:
    names, given = _maps(section, "a=rtpmap:"), _maps(section, "a=fmtp:")
    for number in offered:
        if names.get(number, "").lower().startswith("rtx/") and given.get(number, "") == f"apt={video}":
            return _number(number)
    return None


def _extensions(section: list[str]) -> tuple[str, ...]:
    """Those of ours that the client has under the same number; others are left out rather than read wrongly."""
    return tuple(
        f"a=extmap:{number} {name}" for number, name in _EXTENSIONS.items() if f"a=extmap:{number} {name}" in section
    )


def _audio(section: list[str], number: int) -> tuple[str, ...]:
    return (
        f"a=rtpmap:{number} opus/48000/2",
        f"a=fmtp:{number} minptime=10;useinbandfec=1;maxaveragebitrate=64000",
        *_extensions(section),
    )


def _video(section: list[str], codec: Codec, number: int, rtx: int | None) -> tuple[str, ...]:
    lines = [f"a=rtpmap:{number} {'VP8' if codec == 'vp8' else 'H264'}/90000"]
    if codec == "h264":
        profile = _profile(_maps(section, "a=fmtp:")[str(number)])
        lines.append(f"a=fmtp:{number} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}")
    lines += [f"a=rtcp-fb:{number} {kind}" for kind in _FEEDBACK if f"a=rtcp-fb:{number} {kind}" in section]
    if rtx is not None:
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={number}"]
    return (*lines, *_extensions(section))


def _send_time(section: list[str]) -> int | None:
    """Her id of abs-send-time, when one byte has room for it (RFC 8285 §4.2)."""
    name = _EXTENSIONS[SEND_TIME_ID]
    found = next((row for row in section if row.startswith("a=extmap:") and row.endswith(f" {name}")), "")
    number = found.removeprefix("a=extmap:").partition(" ")[0]
    return int(number) if number.isascii() and number.isdecimal() and 0 < int(number[:4]) < 15 else None


def program_answer(local: sdp.Local, offer: ClientOffer, program: sdp.SeatLines) -> str:
    """Our answer to a player (draft-ietf-wish-whep §4): sound and picture come, nothing goes."""
    return _answer(local, offer, None, program)


def answer(local: sdp.Local, offer: ClientOffer, kbps: int) -> str:
    """Our answer to an encoder."""
    return _answer(local, offer, kbps, None)


def _answer(local: sdp.Local, offer: ClientOffer, kbps: int | None, program: sdp.SeatLines | None) -> str:
    """The same lines in the same order (RFC 3264 §6), candidates complete (no trickle)."""
    taken = [each for each in offer.media if each.attributes]
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(each.mid for each in taken),
        "a=msid-semantic: WMS *",
    ]
    for each in offer.media:
        lines += _line(local, offer, each, kbps, program)
    return "\r\n".join(lines) + "\r\n"


def _line(
    local: sdp.Local, offer: ClientOffer, media: Media, kbps: int | None, program: sdp.SeatLines | None
) -> list[str]:
    kind, _, profile, *numbers = media.head.split(" ")
    if not media.attributes:
        return [f"m={kind} 0 {profile} {' '.join(numbers)}", "c=IN IP4 0.0.0.0", "a=inactive", f"a=mid:{media.mid}"]
    mine = [row.removeprefix("a=rtpmap:").split(" ")[0] for row in media.attributes if row.startswith("a=rtpmap:")]
    return [
        f"m={kind} 9 {profile} {' '.join(mine)}",
        "c=IN IP4 0.0.0.0",
        *([f"b=AS:{kbps}"] if kbps is not None and kind == "video" else []),
        f"a=mid:{media.mid}",
        "a=recvonly" if program is None else "a=sendonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.pwd}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{'passive' if offer.role == 'server' else 'active'}",
        *media.attributes,
        *_names(offer, media, program),
        *(f"a=candidate:{i} 1 udp {p} {host} {port} typ host" for i, (host, port, p) in enumerate(local.candidates, 1)),
        "a=end-of-candidates",
    ]


def _names(offer: ClientOffer, media: Media, program: sdp.SeatLines | None) -> list[str]:
    """What is sent on a line, for a player; with her own id of the only extension that goes out."""
    if program is None:
        return []
    audio = media.kind == "audio"
    names = sdp.sound_names(program) if audio else sdp.picture_names(program, again=offer.payloads.rtx is not None)
    told = f"a=extmap:{offer.send_time} {_EXTENSIONS[SEND_TIME_ID]}"
    return names if offer.send_time is None or told in media.attributes else [told, *names]


def labels(offer: ClientOffer, codec: Codec) -> Labels:
    """The player's numbers for what we send."""
    hers = offer.payloads
    pairs = ((sdp.AUDIO_PT, hers.audio), (sdp.VIDEO_PT[codec], hers.video), (sdp.RTX_PT[codec], hers.rtx))
    return Labels({ours: theirs for ours, theirs in pairs if theirs is not None}, offer.send_time)
