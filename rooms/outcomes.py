"""What became of a question that was dealt with: answered, ordered, referred or refused, in words that can be checked.

An order without an office, a day and its words is no order, and a refusal without the rule that it rests on is none:
such notes are refused. The last note before the close counts. At the close the ticket begins where the outcome left it
(kachehri/tickets).

An order is read back to the asker, because whoever writes down a promise hears it as an office does. She says yes, or
that it was not promised like this; then it is noted again, and that note is read back anew.
"""

from typing import Literal

import msgspec

from .base import Command, ContentRef, Context, Day, Event, Id, Note, Refused, Slug

Kind = Literal["answered", "ordered", "referred", "refused"]

#: What each kind cannot be without.
NEEDS: dict[Kind, tuple[str, ...]] = {
    "answered": (),
    "ordered": ("office", "due", "note"),
    "referred": ("office",),
    "refused": ("rule",),
}
#: What each kind has beside its words; anything else is left out of the record, so that no page has to wonder at it.
HAS: dict[Kind, tuple[str, ...]] = {
    "answered": (),
    "ordered": ("office", "due"),
    "referred": ("office",),
    "refused": ("rule",),
}


class NoteOutcome(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="outcome.note"):
    """Note what was decided on a question; may be noted again until the close, and the last note counts."""

    question: Id
    outcome: Kind
    office: Slug | None = None
    due: Day | None = None
    rule: Note = ""
    note: Note = ""
    texts = ("rule", "note")


class ReadBack(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="outcome.read_back"):
    """Answer to an order that was read back: yes, or not like this. By the asker, or by the desk, which heard her say
    it. `words` names the words that were read, so that nobody says yes to words that changed meanwhile.
    """

    question: Id
    words: Id
    agreed: bool


class OutcomeReadBack(Event, frozen=True, kw_only=True, omit_defaults=True, tag="outcome.was_read_back"):
    """What the asker said to the words of an order."""

    audience = "desk"
    question: str
    words: str
    agreed: bool
    #: Who gave her answer: herself, or somebody of the desk who heard it.
    by: str


class OutcomeNoted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="outcome.noted"):
    """What was decided on a question. Everyone but the desk reads it in the rows that they may see: the office alone
    would tell what a private problem is about.
    """

    desk_only = ("outcome", "office", "due", "rule", "note", "seat", "by")
    question: str
    outcome: Kind
    office: str = ""
    due: str = ""
    rule: ContentRef | None = None
    note: ContentRef | None = None
    #: The seat of whoever spoke for the office.
    seat: str = ""
    #: Who noted it.
    by: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """The outcome of one question; `rule` and `note` are content ids, `at` is when it was noted."""

    kind: str
    office: str = ""
    due: str = ""
    rule: str = ""
    note: str = ""
    seat: str = ""
    by: str = ""
    at: int = 0
    #: What the asker said when it was read back to her, "yes" or "no"; who gave her answer, and when.
    read: str = ""
    read_by: str = ""
    read_at: int = 0


def note(command: NoteOutcome, actor: str, seat: str, ctx: Context) -> OutcomeNoted:
    """The outcome as it is recorded.

    Arguments:
        actor: who notes it.
        seat: the seat of whoever speaks for the office, or nothing.
    Errors: `Refused("outcome_incomplete")` with the name of the field that is missing.
    """
    given = {"office": command.office, "due": command.due, "rule": ctx.kept.get("rule"), "note": ctx.kept.get("note")}
    for field in NEEDS[command.outcome]:
        if not given[field]:
            raise Refused("outcome_incomplete", field=field)
    has = HAS[command.outcome]
    return OutcomeNoted(
        question=command.question,
        outcome=command.outcome,
        office=command.office or "" if "office" in has else "",
        due=command.due or "" if "due" in has else "",
        rule=ctx.kept.get("rule") if "rule" in has else None,
        note=ctx.kept.get("note"),
        seat=seat,
        by=actor,
    )


def outcome(event: OutcomeNoted, at: int) -> Outcome:
    """What a question carries from the moment of the note on."""
    return Outcome(
        kind=event.outcome,
        office=event.office,
        due=event.due,
        rule=event.rule.id if event.rule else "",
        note=event.note.id if event.note else "",
        seat=event.seat,
        by=event.by,
        at=at,
    )


def read_back(command: ReadBack, found: Outcome | None, actor: str) -> OutcomeReadBack:
    """Her answer as it is recorded.

    Errors: `Refused` with `no_order`, or `order_changed` when other words stand there now.
    """
    if found is None or found.kind != "ordered":
        raise Refused("no_order")
    if found.note != command.words:
        raise Refused("order_changed")
    return OutcomeReadBack(question=command.question, words=command.words, agreed=command.agreed, by=actor)


def answered(found: Outcome, event: OutcomeReadBack, at: int) -> Outcome:
    """The outcome with what she said to it."""
    return msgspec.structs.replace(found, read="yes" if event.agreed else "no", read_by=event.by, read_at=at)
