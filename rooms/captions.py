"""What is said, typed by a captioner line by line, for whoever cannot hear it or follows in writing.

A line names the floor's seat at the moment it was sent, so that later it is known whether an official or a citizen was
speaking. The last lines can be corrected or taken back; what is further back stands as it was read. The words are
masked like everybody's and stand beside the log.

With a safety delay words are held as long as the sound is: until then those read them who hear the stage undelayed, its
staff and whoever has a turn. What a moderator takes off the air with the dump key goes with it: all that is held, what
was read of those seconds, and any line that is still being typed of them.
"""

from typing import Annotated, Literal, assert_never

import msgspec

from .base import Command, ContentRef, Context, Event, Id, Refused
from .limits import CAPTION_LAG_MS, CAPTION_REACH_MAX_MS, CAPTION_TOOK_MAX_MS, CAPTIONS_OPEN

Language = Literal["ur", "en"]
Line = Annotated[str, msgspec.Meta(description="one line of what is said, masked before anyone reads it")]


class TypeCaption(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="caption.type"):
    """Put down one line of what is being said; `took_ms` is how long ago its typing began."""

    language: Language
    line: Line
    took_ms: Annotated[int, msgspec.Meta(ge=0, le=CAPTION_TOOK_MAX_MS)] = 0
    texts = ("line",)


class CorrectCaption(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="caption.correct"):
    """Put other words in the place of one of the last lines; without words the line is taken back."""

    caption: Id
    line: Line = ""
    texts = ("line",)


class WithholdCaptions(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="caption.withhold"):
    """What was just said was dumped: the lines of the last `reach_ms` are nobody's to read."""

    reach_ms: Annotated[int, msgspec.Meta(ge=0, le=CAPTION_REACH_MAX_MS)]


class CaptionTyped(Event, frozen=True, kw_only=True, omit_defaults=True, tag="caption.typed"):
    """One line of what is being said."""

    desk_only = ("by",)
    caption: str
    language: Language
    line: ContentRef
    took_ms: int = 0
    #: The seat that had the floor.
    seat: str = ""
    #: Who typed it.
    by: str = ""
    #: Unix time in ms from which everybody may read it; 0: at once.
    public_at: int = 0


class CaptionCorrected(Event, frozen=True, kw_only=True, omit_defaults=True, tag="caption.corrected"):
    """Other words stand there now, or none."""

    desk_only = ("by",)
    caption: str
    line: ContentRef | None = None
    by: str = ""
    #: Unix time in ms from which everybody may read them, and nobody of the public what stood there before; 0: at once.
    public_at: int = 0


class CaptionsReleased(Event, frozen=True, kw_only=True, omit_defaults=True, tag="caption.released"):
    """The safety delay of these lines is over: everybody may read them."""

    captions: tuple[str, ...]


class CaptionsWithheld(Event, frozen=True, kw_only=True, omit_defaults=True, tag="caption.withheld"):
    """Lines that were typed since then are nobody's to read: what they say was dumped before it went out."""

    desk_only = ("by",)
    #: Unix time in ms; the span ends with this event.
    since: int
    by: str = ""


CaptionCommand = TypeCaption | CorrectCaption | WithholdCaptions
CaptionEvent = CaptionTyped | CaptionCorrected | CaptionsReleased | CaptionsWithheld


class Caption(msgspec.Struct, frozen=True):
    """One of the last lines; `line` is a content id."""

    id: str
    language: Language
    line: str
    at: int
    seat: str = ""
    corrected: bool = False
    #: When its words were put down: what was corrected a moment ago may say what was said a moment ago.
    worded_at: int = 0
    #: When the clock releases it; 0: everybody may read it.
    public_at: int = 0


class CaptionState(msgspec.Struct):
    """The lines that can still be corrected or are still held, the newest last. What is older is in the log alone."""

    last: list[Caption] = []
    #: When something was dumped last.
    withheld_at: int = 0

    def public(self) -> list[Caption]:
        """What everybody may read."""
        return [each for each in self.last if not each.public_at]

    def held(self) -> list[Caption]:
        """What waits for the end of the safety delay."""
        return [each for each in self.last if each.public_at]


def is_held(event: Event) -> bool:
    """Whether it is about words that the public may not read yet."""
    return isinstance(event, CaptionTyped | CaptionCorrected) and event.public_at > 0


def deadline(state: CaptionState) -> int | None:
    """When the first held line is to be released."""
    return min((each.public_at for each in state.held()), default=None)


def due(state: CaptionState, now: int) -> list[Event]:
    """What the clock alone brings about."""
    over = tuple(each.id for each in state.held() if each.public_at <= now)
    return [CaptionsReleased(captions=over)] if over else []


def decide(state: CaptionState, command: CaptionCommand, actor: str, ctx: Context, seat: str) -> list[Event]:
    """What follows from a captioner's line.

    Arguments:
        actor: who types it.
        seat: the seat that has the floor, or nothing.
    Errors: `Refused` with `text_empty`, `caption_gone`, `caption_withheld`.
    """
    line = ctx.kept.get("line")
    public_at = ctx.now + ctx.held_ms if line is not None and ctx.held_ms else 0
    # What is put down just after a dump was mostly heard before it.
    lag_ms = CAPTION_LAG_MS if ctx.held_ms else 0
    match command:
        case TypeCaption():
            if line is None:
                raise Refused("text_empty", field="line")
            if ctx.now - command.took_ms < state.withheld_at + lag_ms:
                raise Refused("caption_withheld")
            return [
                CaptionTyped(
                    caption=ctx.new_id(),
                    language=command.language,
                    line=line,
                    took_ms=command.took_ms,
                    seat=seat,
                    by=actor,
                    public_at=public_at,
                )
            ]
        case CorrectCaption():
            if all(each.id != command.caption for each in state.last):
                raise Refused("caption_gone")
            if line is not None and ctx.now < state.withheld_at + lag_ms:
                raise Refused("caption_withheld")
            return [CaptionCorrected(caption=command.caption, line=line, by=actor, public_at=public_at)]
        case WithholdCaptions():
            since = min([ctx.now - command.reach_ms, *(each.worded_at for each in state.held())])
            return [CaptionsWithheld(since=since, by=actor)]
        case _:
            assert_never(command)


def evolve(state: CaptionState, event: CaptionEvent, at: int) -> None:
    """Carry one event of this feature into the state."""
    match event:
        case CaptionTyped():
            typed = Caption(
                id=event.caption,
                language=event.language,
                line=event.line.id,
                at=at,
                seat=event.seat,
                worded_at=at,
                public_at=event.public_at,
            )
            rows = [*state.last, typed]
            state.last = [*(each for each in rows[:-CAPTIONS_OPEN] if each.public_at), *rows[-CAPTIONS_OPEN:]]
        case CaptionCorrected():
            words = event.line.id if event.line else ""
            state.last = [
                msgspec.structs.replace(each, line=words, corrected=True, worded_at=at, public_at=event.public_at)
                if each.id == event.caption
                else each
                for each in state.last
                if words or each.id != event.caption
            ]
        case CaptionsReleased():
            state.last = [
                msgspec.structs.replace(each, public_at=0) if each.id in event.captions else each for each in state.last
            ]
        case CaptionsWithheld():
            state.last = [each for each in state.last if each.worded_at < event.since]
            state.withheld_at = at
        case _:
            assert_never(event)
