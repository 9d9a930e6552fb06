"""The live protocol on the wire: what a browser may say and what it hears.

The commands of `rooms` are the payloads; here they gain the envelope: `ref`, which the answer repeats, `key`, which
makes a retry harmless, and `as`, for a connection that speaks for several people. Nothing is written twice: the wire
classes are derived from the rules' own. Unknown fields of commands are refused; clients ignore unknown fields of
frames, or no server could be renewed while people are connected.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Union

import msgspec

from moderation.roles import ROLES
from rooms.base import Command, Id, Role, Slug
from rooms.session import COMMANDS
from rooms.views import ViewAudience

from .media.port import NetworkClass

VERSIONS: Final = (1,)
SUBPROTOCOL: Final = "kachehri.v1"
#: The entry pass rides as a second subprotocol behind this prefix; only SUBPROTOCOL is answered.
PASS_PREFIX: Final = "p."
PATH: Final = "/live"
#: Names that were used once and must not come back with another meaning.
RESERVED: Final[tuple[str, ...]] = ()

SAFE_INTEGER: Final = 2**53 - 1
Ref = Annotated[int, msgspec.Meta(ge=0, le=SAFE_INTEGER, description="chosen by the client; the answer repeats it")]
Key = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9_-]{22,32}$(?!\n)",
        description="128 random bits in URL-safe letters; a retry of the same thing repeats it",
    ),
]
SessionId = Annotated[str, msgspec.Meta(pattern=r"^[a-z2-7]{8}$(?!\n)", description="8 letters of a-z and 2-7")]
Seq = Annotated[int, msgspec.Meta(ge=0, le=SAFE_INTEGER, description="number of the last event known, without gaps")]

Network = Annotated[
    NetworkClass, msgspec.Meta(description="what the browser says of its network; pictures begin accordingly")
]

#: What nobody but the server itself may command is not part of the protocol at all.
SPOKEN: Final[tuple[type[Command], ...]] = tuple(
    kind
    for kind in COMMANDS
    if any(str(kind.__struct_config__.tag) in actions for role, actions in ROLES.items() if role != "system")
)


class FromClient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Base of everything a client says that is not a command."""


class Hello(FromClient, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hello"):
    """The first message: which versions are understood, which session, and from where to go on."""

    versions: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=16)]
    session: SessionId
    audience: ViewAudience | None = None
    epoch: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    since: Seq | None = None


class AddParticipant(FromClient, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="connection.add"):
    """Speak for one more person over this connection, with an entry pass of theirs; a kiosk does."""

    ref: Ref
    entry_pass: Annotated[str, msgspec.Meta(max_length=512)] = msgspec.field(name="pass")


class MediaRequest(FromClient, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media"):
    """Base of media signalling: it never reaches the rules and is never recorded."""

    ref: Ref
    as_: Id | None = msgspec.field(default=None, name="as")


class MediaPublish(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.publish"):
    """Ask for an offer to send own sound and picture; only with a turn or a right to sit. With `screen`, to share a
    screen on a seat for slides, over a peer beside one's own."""

    screen: bool = False
    network: Network = "unknown"


class MediaWatch(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.watch"):
    """Ask for an offer to receive the stage; `seats` are those wanted, none named means all."""

    seats: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1, max_length=12)] | None = None
    network: Network = "unknown"


class MediaProgram(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.program"):
    """Ask for an offer to receive the program, the one sound and picture that is made of the stage, without delay: one
    line of Opus and, unless it is sound alone, one of H.264, as the stream `program`. How many viewers may is limited
    (`media_program_full`); there may be none (`media_no_program`)."""

    network: Network = "unknown"


class MediaAnswer(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.answer"):
    """The browser's answer to an offer."""

    peer: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    sdp: Annotated[str, msgspec.Meta(min_length=1, max_length=40_000)]


class MediaLeave(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.leave"):
    """End one peer, or all of one's own; a screen's only if it is named."""

    peer: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


class MediaPrivate(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.private"):
    """Ask for an offer of a private line: one sound each way between you and the plane, never on the stage. Whoever
    publishes already answers `recvonly`."""


class MediaEcho(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.echo"):
    """`record` keeps the last seconds of what you say; `play` sends them back on your private line, once, and the
    reply's `result` says how they arrived: `packets`, `lost`, `level` of the loud parts in -dBov (0 loud), `ms`."""

    action: Literal["record", "play"]


class MediaTold(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.told"):
    """The page has told its reader that the moderator listens; she is not heard before."""


class MediaTalk(MediaRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="media.talk"):
    """Listen to somebody on deck or in the green room and, with `talks`, speak to her; without `participant`, stop.
    Repeat it at least every two minutes. The whole desk is told."""

    participant: Id | None = None
    talks: bool = False


def wire(kind: type[Command]) -> type[Any]:
    """The class of a command as it travels: its own fields and the envelope's."""
    return msgspec.defstruct(
        kind.__name__,
        [("ref", Ref), ("key", Key), ("as_", Id | None, msgspec.field(default=None, name="as"))],
        bases=(kind,),
        module=__name__,
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        tag_field="type",
        tag=kind.__struct_config__.tag,
    )


#: The derived class of each command that travels, and back.
WIRE: Final[dict[type[Command], type[Any]]] = {kind: wire(kind) for kind in SPOKEN}
PLAIN: Final[dict[type[Any], type[Command]]] = {derived: kind for kind, derived in WIRE.items()}
MEDIA: Final = (
    MediaPublish,
    MediaWatch,
    MediaProgram,
    MediaAnswer,
    MediaLeave,
    MediaPrivate,
    MediaEcho,
    MediaTold,
    MediaTalk,
)
CLIENT_TYPES: Final[tuple[type[Any], ...]] = (Hello, AddParticipant, *MEDIA, *WIRE.values())
FROM_CLIENT: Final[Any] = Union[CLIENT_TYPES]  # noqa: UP007  built at run time
TAGS: Final = frozenset(str(kind.__struct_config__.tag) for kind in CLIENT_TYPES)


def plain(message: Any) -> Command:
    """The command inside its envelope: the very class that the rules match on."""
    kind = PLAIN[type(message)]
    return kind(**{name: getattr(message, name) for name in kind.__struct_fields__})


class ToClient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Base of every frame of the server. `at` is the server's time in milliseconds since the epoch."""

    at: int


class Welcome(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="welcome"):
    """The answer to `hello`; either missed ticks or a snapshot follow."""

    version: int
    session: str
    participant: str
    role: Role
    audience: ViewAudience
    epoch: str
    #: Whether the ticks since `since` follow; otherwise a snapshot does.
    resumed: bool = False
    #: A frame comes at least this often (milliseconds); twice as long without one means that the line is dead.
    quiet_ms: int


class Snapshot(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="snapshot"):
    """The whole view. Forget the old one."""

    epoch: str
    seq: int
    view: msgspec.Raw
    #: What happened since `since`, where it is still known; at most the last 200 events.
    missed: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Tick(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="tick"):
    """What changed: apply `patch` to the view (RFC 7386). A tick without both only says that the line is alive."""

    seq: int
    events: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    patch: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class PersonalFrame(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="personal"):
    """What concerns one of the connection's participants alone, as of event `seq`. Replaces the one before, whole."""

    seq: int
    participant: str
    view: msgspec.Raw


class Reply(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="reply"):
    """Done, and safely stored. `seq` is the number after which the view shows it."""

    ref: int
    seq: int | msgspec.UnsetType = msgspec.UNSET
    result: Any | msgspec.UnsetType = msgspec.UNSET


class RefusedFrame(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="refused"):
    """Nothing happened. `code` is from the table of refusals, `params` are its numbers and names."""

    ref: int
    code: str
    params: dict[str, Any] = {}


class IceServer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of `RTCConfiguration.iceServers`, as the browser takes it."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""


class MediaOffer(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="media.offer"):
    """The server's session description; answer it with `media.answer`."""

    ref: int
    peer: str
    direction: Literal["publish", "watch", "private", "program"]
    sdp: str
    ice_servers: tuple[IceServer, ...] = ()


class MediaUp(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="media.up"):
    """A peer is connected."""

    peer: str
    direction: Literal["publish", "watch", "private", "program"]


class MediaLost(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="media.lost"):
    """A peer has ended, or with no `peer` named, all of them: ask again with `media.publish` and `media.watch`."""

    peer: str = ""
    reason: str = ""


class MediaSpeaking(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="media.speaking"):
    """Who is heard speaking now, by seat; replaces the one before. Sent on a change, at most four times a second, to
    those who receive sound and to the staff. It is not recorded."""

    seats: tuple[str, ...] = ()


class LineHealth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a speaker's line is: in a word, and in figures of the last two seconds. `loss` is a fraction, `rtt` in ms."""

    grade: Literal["good", "weak", "bad", "gone"]
    kbps: int = 0
    loss: float = 0.0
    rtt: int | None = None
    #: Whether any sound came.
    sound: bool = False


class MediaHealth(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="media.health"):
    """How the lines of those on the stage are, by seat, and of those on deck, by participant. To the desk only, every
    two seconds; replaces the one before. It is not recorded."""

    seats: dict[str, LineHealth] = {}
    deck: dict[str, LineHealth] = {}


class MediaTalking(ToClient, frozen=True, kw_only=True, omit_defaults=True, tag="media.talking"):
    """A moderator and one person on their private lines; to that person, without `moderator`, and to the desk. On
    `asked`, tell her and send `media.told`; `talks`: she hears the moderator too. It is not recorded."""

    participant: str
    moderator: str = ""
    state: Literal["asked", "listening", "talking", "over"]
    talks: bool = False
    #: Why it is over: ended, left, on_stage, timeout.
    cause: str = ""


SERVER_TYPES: Final[tuple[type[ToClient], ...]] = (
    Welcome,
    Snapshot,
    Tick,
    PersonalFrame,
    Reply,
    RefusedFrame,
    MediaOffer,
    MediaUp,
    MediaLost,
    MediaTalking,
    MediaSpeaking,
    MediaHealth,
)

encode: Final = msgspec.json.Encoder().encode
