"""What a worker may ask of the machine's media plane, and what it is told. The only door between the two.

Two implementations stand behind one contract suite: `plane.Plane` in the same process, and `remote.RemotePlane`, which
speaks to `process` over a Unix socket. A worker that holds the lease of a session passes its `fence`; the plane ignores
whoever holds an older one. `seq` is the number of the event in the session's log that caused a push, so that a push
that arrives late cannot undo a newer one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from signaling.media.health import Grade

#: `watch`: the people on the stage, each for herself. `program`: the one picture and sound that is made of them.
Direction = Literal["publish", "watch", "private", "program"]
#: What somebody does on her own private line: keeps a phrase, hears it, or says that she was told who listens.
EchoAction = Literal["record", "play", "told"]
PrivateState = Literal["asked", "listening", "talking", "over"]
Codec = Literal["vp8", "h264"]
Backend = Literal["mux", "direct"]

#: What a phone says of its network: enough for sound only, for a small, a middling or a good picture.
NetworkClass = Literal["unknown", "sound", "low", "middle", "high"]
#: What a picture may take at first, in kbit/s, until the line itself has shown more or less: on the way in, and for all
#: of one person's pictures together on the way out. None: as much as comes.
UPLINK_KBPS: dict[NetworkClass, int | None] = {
    "unknown": None, "sound": 30, "low": 100, "middle": 250, "high": None,
}  # fmt: skip
DOWNLINK_KBPS: dict[NetworkClass, int | None] = {
    "unknown": None, "sound": 50, "low": 150, "middle": 500, "high": None,
}  # fmt: skip

#: Most seats of a session; each costs every watcher an audio and a video line.
MAX_SEATS = 12


class MediaRefused(Exception):
    """A request that the plane will not do. `code` is stable and is translated for people elsewhere."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


#: Every code that `MediaRefused` may carry, with its cause; a test holds this complete.
REFUSALS = {
    "media_unknown_session": "the session is not open on this plane",
    "media_unknown_peer": "no such peer, or it belongs to someone else",
    "media_unknown_seat": "the session has no such seat",
    "media_stale": "the caller's lease has been taken over",
    "media_full": "the most peers this machine or session takes",
    "media_program_full": "as many as may follow the program without delay do so already",
    "media_no_program": "no program is made of the session right now",
    "media_on_stage": "whoever is on a seat has no private line",
    "media_busy": "somebody else speaks with her privately, or she with somebody",
    "media_answered": "the offer has already been answered",
    "media_answer_too_long": "the answer is longer than any browser writes",
    "media_answer_invalid": "the answer is not a usable session description",
    "media_answer_mismatch": "the answer's lines are not those of the offer",
    "media_codec": "the browser or encoder speaks none of the session's codecs",
    "media_no_tracks": "the browser sends neither sound nor picture",
    "media_insecure": "no usable certificate fingerprint",
    "media_lost": "the media process is away",
    "media_invalid": "the request itself is not valid",
}


class Offer(msgspec.Struct, frozen=True):
    """Our description of a peer: for the browser to answer, or the answer to an encoder's own offer."""

    peer: str
    sdp: str


class SeatStats(msgspec.Struct, frozen=True, omit_defaults=True):
    """One seat as the plane sees it, over the last two seconds. `loss` is a fraction, `rtt` in ms, `level` in -dBov
    (0 loud, 127 silence). `estimate_kbps` is what the line towards us takes of pictures, None while nothing has shown a
    limit; `grade` is the whole in one word (health.py)."""

    seat: str
    participant: str = ""
    audio_packets: int = 0
    video_packets: int = 0
    kbps: int = 0
    loss: float = 0.0
    rtt: int | None = None
    level: int | None = None
    jitter_ms: int = 0
    estimate_kbps: int | None = None
    grade: Grade = "good"


class MediaStats(msgspec.Struct, frozen=True, omit_defaults=True):
    """One session's media. `forwarded` counts packets sent to watchers; `dropped` says why others were not."""

    session: str
    publishers: int = 0
    watchers: int = 0
    #: Those of the watchers who follow the program.
    program: int = 0
    forwarded: int = 0
    unseated: int = 0
    #: Pictures that somebody does not get because her line does not take them.
    paused: int = 0
    #: Packets that the system did not take at once; media is dropped then, never queued.
    unsent: int = 0
    seats: tuple[SeatStats, ...] = ()
    dropped: dict[str, int] = {}


class Heard(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a phrase arrived before it is played back. `level` is that of its loud parts in -dBov, `ms` its length."""

    packets: int = 0
    lost: int = 0
    level: int | None = None
    ms: int = 0


class Up(msgspec.Struct, frozen=True, tag="up"):
    """A participant's peer is connected."""

    session: str
    participant: str
    peer: str
    direction: Direction


class Silent(msgspec.Struct, frozen=True, tag="silent"):
    """Nothing at all has come from a speaker for 5 s: neither media nor RTCP nor an answer to a connectivity check.
    Pauses in speech are not silence: the others go on."""

    session: str
    participant: str


class Back(msgspec.Struct, frozen=True, tag="back"):
    """A silent speaker is heard from again."""

    session: str
    participant: str


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """A peer has ended. `reason`: left, replaced, failed, hung_up, timeout, ended, no_program."""

    session: str
    participant: str
    peer: str
    direction: Direction
    reason: str


class Seats(msgspec.Struct, frozen=True, tag="seats"):
    """How the occupied seats are doing, every two seconds."""

    session: str
    seats: tuple[SeatStats, ...]
    #: Those whose sound has come, but who have no seat: on deck, mostly.
    waiting: tuple[SeatStats, ...] = ()


class Speaking(msgspec.Struct, frozen=True, tag="speaking"):
    """The seats that are heard speaking, whenever that changes; at most four times a second."""

    session: str
    seats: tuple[str, ...]


class Private(msgspec.Struct, frozen=True, omit_defaults=True, tag="private"):
    """A moderator and one person on their private lines. `asked`: the person is to be told, and is not heard before;
    `talks`: the moderator is heard too. Repeated with each renewal. `over` has a `cause`: ended, left, on_stage,
    timeout."""

    session: str
    moderator: str
    participant: str
    state: PrivateState
    talks: bool = False
    cause: str = ""


class Lost(msgspec.Struct, frozen=True, tag="lost"):
    """The plane has gone and with it every peer of the session; workers send `media.lost` at once."""

    session: str


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """A plane is there (again) and knows nothing: open the sessions and push the seats, with its `fence`. Each instance
    of a machine has a higher one than the instance before."""

    instance: str
    fence: int = 1


Report = Up | Silent | Back | Closed | Seats | Speaking | Private | Lost | Ready
Reports = Callable[[Report], None]


class MediaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one machine's media plane is set up."""

    #: Addresses that browsers reach; empty: all of the machine's except loopback.
    addresses: tuple[str, ...] = ()
    #: What to write in an offer instead of each address, in the same order, behind NAT; the last serves the rest.
    announced: tuple[str, ...] = ()
    #: How packets are forwarded: `mux` through one UDP port for all peers, `direct` through a socket for each.
    backend: Backend = "mux"
    #: `mux`: its UDP port; 0: whatever the system gives.
    port: int = 0
    #: `direct`: lowest and highest UDP port, for a firewall; None: whatever the system gives.
    ports: tuple[int, int] | None = None
    #: Most a speaker may send, in kbit/s, picture and sound together.
    video_kbps: int = 600
    #: Most peers of the machine, and of one session.
    max_peers: int = 1_500
    max_session_peers: int = 1_000
    #: Most that a session sends to all its watchers, in kbit/s; beyond it pictures rest, the last seat's first.
    max_session_kbps: int = 300_000
    #: Watching peers of one participant, two for each tab (sound and picture); the oldest gives way.
    max_watching: int = 6
    #: Players of one session's program, with whichever seats' keys.
    max_players: int = 24
    #: Seconds for an offer to become a connection.
    setup_s: float = 15.0
    #: Seconds without any packet until a speaker is reported silent.
    silent_s: float = 5.0
    #: Seconds without any packet until a peer is closed.
    dead_s: float = 30.0
    #: Seconds without any worker until the seats of a session are emptied: nobody speaks unsupervised.
    orphan_s: float = 10.0


class MediaPlane(Protocol):
    """The requests. Each raises `MediaRefused`, and nothing else because of what it was given."""

    def follow(self, reports: Reports) -> None:
        """Calls back with every report from now on, on the event loop, in order."""

    async def open(self, session: str, fence: int, seats: tuple[str, ...], codec: Codec = "vp8") -> None:
        """Makes a session known, with its seats in their order; a browser finds a seat's tracks by the seat's id, which
        is the id of their stream. Again with the same or a newer fence: the caller takes it over as it is."""

    async def offer(
        self,
        session: str,
        participant: str,
        direction: Direction,
        seats: tuple[str, ...] | None = None,
        network: NetworkClass = "unknown",
        most: int | None = None,
    ) -> Offer:
        """A fresh peer. `seats` are those whose tracks this watcher may receive; None means all. `network` is what the
        phone says of its own. `most`: how many people the program may have who came with such a limit; None: this one
        does not count among them."""

    async def answer(self, session: str, participant: str, peer: str, sdp: str) -> None:
        """The browser's answer; `Up` follows when the connection stands."""

    async def publish_for(self, session: str, participant: str, sdp: str) -> Offer:
        """A fresh publishing peer from an encoder's own offer (RFC 9725); what comes back is the answer to it."""

    async def program_for(self, session: str, participant: str, sdp: str) -> Offer:
        """A fresh peer that receives the program, from a player's own offer; what comes back is the answer to it."""

    async def leave(self, session: str, participant: str, peer: str | None = None) -> None:
        """Ends one peer, or all of the participant's. Asking twice is no error."""

    async def seat(self, session: str, fence: int, seat: str, participant: str | None, seq: int) -> None:
        """Who sits there. Only the occupant's packets are forwarded, from this call on."""

    async def mute(self, session: str, fence: int, seat: str, muted: bool, seq: int) -> None:
        """Whether the seat's sound is held back. A later occupant starts unmuted."""

    async def floor(self, session: str, fence: int, seat: str | None, seq: int) -> None:
        """Which seat has the floor: on narrow lines its picture is the last that is held back."""

    async def private(
        self, session: str, fence: int, moderator: str, participant: str | None, talks: bool = False
    ) -> None:
        """A moderator listens to somebody behind the stage and, with `talks`, speaks to her; with None she stops.
        Nobody else hears either. It has to be renewed, and ends by itself when one of them goes on stage."""

    async def echo(self, session: str, participant: str, action: EchoAction) -> Heard | None:
        """What somebody does on her own private line; `play` returns how her phrase arrived."""

    async def close(self, session: str, fence: int) -> None:
        """Ends every peer of the session and forgets it."""

    async def stats(self, session: str) -> MediaStats: ...
