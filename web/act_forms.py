"""What is asked for each act on a ticket, and how a filled form becomes the act.

One table: a page draws its forms from it, a post is read by it, and what may be done is tried on the rules with an act
that it makes. An act that is not in it cannot be done from a page of the staff.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kachehri.tickets import acts as a
from kachehri.tickets.acts import Act
from kachehri.tickets.decide import TRANSFERS_MOST, Context
from kachehri.tickets.kinds import CITES, KINDS
from kachehri.tickets.life import Life
from kachehri.tickets.reference import parse
from rooms.base import ContentRef

Kind = Literal["words", "line", "day", "post", "office", "outcome", "topic", "reference", "tick", "pictures"]
#: Characters of a line, such as the rule that a refusal rests on.
LINE_MOST: Final = 300


@dataclass(frozen=True)
class Ask:
    """One field. `over`: only somebody above the office sees it."""

    name: str
    kind: Kind
    needed: bool = True
    over: bool = False


@dataclass(frozen=True)
class ActForm:
    """The form of an act. `heavy`: what follows is said before, and it is never one tap."""

    icon: str
    asks: tuple[Ask, ...] = ()
    heavy: bool = False
    danger: bool = False


_NOTE: Final = Ask("note", "words")
_REASON: Final = Ask("reason", "words")
#: In the order in which a page offers them: what moves the work on first, what is rare last.
FORMS: Final[dict[str, ActForm]] = {
    "route": ActForm("send", (Ask("office", "office"), Ask("reason", "words", False))),
    "assign": ActForm("person", (Ask("post", "post"),)),
    "start": ActForm("edit", (Ask("plan", "words"), Ask("day", "day"))),
    "propose": ActForm(
        "check",
        (Ask("outcome", "outcome"), _NOTE, Ask("rule", "line", False), Ask("pictures", "pictures", False)),
        heavy=True,
    ),
    "countersign": ActForm("check", heavy=True),
    "ask_citizen": ActForm("ask", (Ask("question", "words"),)),
    "wait_outside": ActForm("clock", (_REASON, Ask("paused", "tick", False, over=True))),
    "resume": ActForm("next"),
    "finish_part": ActForm("check", (Ask("note", "words", False),)),
    "direct": ActForm("send", (Ask("order", "words"), Ask("office", "office")), heavy=True),
    "uphold": ActForm("lock", (Ask("order", "words"),), heavy=True, danger=True),
    "transfer": ActForm("office", (Ask("office", "office"), _REASON), heavy=True),
    "share": ActForm("people", (Ask("office", "office"),)),
    "classify": ActForm("list", (Ask("topic", "topic"),)),
    "join": ActForm("copy", (Ask("reference", "reference"),), heavy=True),
    "leave": ActForm("back", heavy=True),
    "escalate": ActForm("up", heavy=True),
    "warn": ActForm("alert", (_REASON,), heavy=True, danger=True),
    "force": ActForm("lock", (Ask("outcome", "outcome"), _REASON), heavy=True, danger=True),
    "note": ActForm("info", (_NOTE,)),
}
#: With what a refusal of the rules has to do, where it is a field of the form.
FIELD_OF: Final[dict[str, str]] = {
    "rule_missing": "rule",
    "evidence_missing": "pictures",
    "outcome_kind": "outcome",
    "outcome_parent": "outcome",
    "outcome_unasked": "outcome",
    "office_missing": "office",
    "transfer_same": "office",
    "transfer_limit": "office",
    "conflict_office": "office",
    "part_lead": "office",
    "ticket_unknown": "reference",
    "join_self": "reference",
    "join_closed": "reference",
    "join_protected": "reference",
    "pause_superior": "paused",
    "pause_statutory": "paused",
}
_WORDS: Final = ContentRef("tried", "")


def outcomes(life: Life) -> tuple[str, ...]:
    """How this ticket may end; a duplicate only of one that it goes on with, and so on."""
    return tuple(
        each
        for each in KINDS[life.kind].outcomes
        if (each != "duplicate" or life.parent) and (each != "no_information_from_citizen" or life.asked)
    )


def tried(name: str, life: Life, ctx: Context) -> tuple[Act, Context]:
    """An act of this name as somebody would fill it in well, to ask the rules whether it is possible at all."""
    ends = outcomes(life)
    elsewhere = ctx.triage if life.transfers >= TRANSFERS_MOST else "elsewhere"
    made: dict[str, Callable[[], Act]] = {
        "route": lambda: a.Route(office="elsewhere"),
        "assign": lambda: a.Assign(post="somebody"),
        "start": lambda: a.Start(plan=_WORDS),
        "propose": lambda: a.Propose(outcome=ends[0], note=_WORDS, rule=_WORDS, evidence=("x",)),  # type: ignore[arg-type]
        "countersign": a.Countersign,
        "ask_citizen": lambda: a.AskCitizen(question=_WORDS),
        "wait_outside": lambda: a.WaitOutside(reason=_WORDS),
        "resume": a.Resume,
        "finish_part": lambda: a.FinishPart(office=_open_part(life)),
        "direct": lambda: a.Direct(order=_WORDS, office="elsewhere"),
        "uphold": lambda: a.Uphold(order=_WORDS),
        "transfer": lambda: a.Transfer(office=elsewhere, post="*", reason=_WORDS),
        "share": lambda: a.Share(office="elsewhere"),
        "classify": lambda: a.Classify(category="other", days=life.days),
        "join": lambda: a.Join(parent="other"),
        "leave": a.Leave,
        "escalate": lambda: a.Escalate(level=life.level + 1),
        "warn": lambda: a.Warn(reason=_WORDS),
        "force": lambda: a.Force(outcome=ends[0], reason=_WORDS),  # type: ignore[arg-type]
        "note": lambda: a.Note(note=_WORDS),
    }
    if name == "join":
        ctx = ctx._replace(parent=Life("other", state="assigned"))
    return made[name](), ctx._replace(evidence_needed=False)


def _open_part(life: Life) -> str:
    return next((office for office, done in life.parts.items() if done is None), "")


@dataclass(frozen=True)
class Given:
    """A filled form: what was typed, and what it says in terms of the house.

    Arguments:
        keep: puts words beside the chain.
        days: working days of each topic, and whether it is protected.
        parent: the ticket with this number, if there is one within reach.
        office: whose part is done.
    """

    values: Mapping[str, str]
    pictures: tuple[str, ...]
    keep: Callable[[str, str, int], ContentRef]
    days: Mapping[str, tuple[int, bool]]
    parent: Callable[[str], str]
    above: Callable[[int], str]
    account: Callable[[str], str]
    office: str = ""


def made(name: str, life: Life, given: Given) -> Act:
    """The act that a form asks for; `faults` has found nothing wrong with it."""
    values = given.values

    def words(field: str) -> ContentRef:
        return given.keep(values.get(field, ""), name, 0)

    def maybe(field: str, most: int = 0) -> ContentRef | None:
        return given.keep(values[field], name, most) if values.get(field, "").strip() else None

    office, post = values.get("office", ""), values.get("post", "")
    match name:
        case "route":
            return a.Route(office=office, why="desk", reason=maybe("reason"))
        case "assign":
            return a.Assign(post=post, account=given.account(post))
        case "start":
            return a.Start(plan=words("plan"), day=values.get("day", ""))
        case "propose":
            return a.Propose(
                outcome=values["outcome"],  # type: ignore[arg-type]
                note=words("note"),
                rule=maybe("rule", LINE_MOST),
                evidence=given.pictures,
            )
        case "countersign":
            return a.Countersign()
        case "ask_citizen":
            return a.AskCitizen(question=words("question"))
        case "wait_outside":
            return a.WaitOutside(reason=words("reason"), paused=values.get("paused") == "1")
        case "resume":
            return a.Resume()
        case "finish_part":
            return a.FinishPart(office=given.office, note=maybe("note"))
        case "direct":
            return a.Direct(order=words("order"), office=office)
        case "uphold":
            return a.Uphold(order=words("order"))
        case "transfer":
            return a.Transfer(office=office, reason=words("reason"))
        case "share":
            return a.Share(office=office)
        case "classify":
            days, protected = given.days.get(values["topic"], (life.days, False))
            return a.Classify(category=values["topic"], days=days, protected=protected)
        case "join":
            return a.Join(parent=given.parent(parse(values["reference"]) or ""))
        case "leave":
            return a.Leave()
        case "escalate":
            return a.Escalate(level=life.level + 1, post=given.above(life.level + 1), why="superior")
        case "warn":
            return a.Warn(reason=words("reason"))
        case "force":
            return a.Force(outcome=values["outcome"], reason=words("reason"))  # type: ignore[arg-type]
        case _:
            return a.Note(note=words("note"))


def cites(outcome: str) -> bool:
    """Whether this end rests on a rule that must be named."""
    return outcome in CITES
