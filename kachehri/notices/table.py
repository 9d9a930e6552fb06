"""Who is told of what, by which way, and how pressing it is: one table, read by the code, the tests and the pages.

A row of the outbox of kind "notice" names an event of this table; each of its tellings becomes a row of its own, with
one recipient. Citizens are told of their own ticket or of the one that they follow; staff of what they answer for.
"""

from typing import Final, Literal, NamedTuple, get_args

Who = Literal["citizen", "officer", "supervisor", "desk"]
Channel = Literal["sms", "push", "email", "hook"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
#: Channels that may wake somebody.
LOUD: Final = frozenset({"sms", "push"})
_WAYS: Final[tuple[Channel, ...]] = ("sms", "push", "email")
_DESK: Final[tuple[Channel, ...]] = ("email", "push")


class Tell(NamedTuple):
    """One telling of an event.

    Arguments:
        text: its sentence.
        followers: those who follow the ticket are told as well, each under her own number.
        every: by all ways that she has and not only the first.
        urgent: somebody has to do something; nothing later stands in for it.
        exempt: may come although she had a short message about this ticket today.
        digest: waits for the morning's summary.
        arrival: that it arrived is a step of the ticket.
    """

    who: Who
    text: str
    channels: tuple[Channel, ...] = _WAYS
    followers: bool = False
    every: bool = False
    urgent: bool = False
    exempt: bool = False
    digest: bool = False
    arrival: Literal["", "proposal", "warning"] = ""


def _citizens(text: str) -> Tell:
    return Tell("citizen", text, followers=True)


_PROPOSED: Final = Tell(
    "citizen", "ticket.proposed", followers=True, every=True, urgent=True, exempt=True, arrival="proposal"
)
_WARNED: Final = Tell("citizen", "ticket.warned", every=True, urgent=True, exempt=True, arrival="warning")
_MOVED: Final = Tell("citizen", "ticket.date_moved", followers=True, exempt=True)
_TO_OFFICER: Final = Tell("officer", "staff.assigned", _DESK)
_LATE: Final = Tell("supervisor", "staff.overdue", _DESK, digest=True)
_OBJECTED: Final = Tell("supervisor", "staff.disputed", _DESK, urgent=True)

#: Events are named after the step that they tell of (kachehri/tickets/telling.py). With nobody to tell, programs alone
#: hear of it.
TABLE: Final[dict[str, tuple[Tell, ...]]] = {
    "ticket.opened": (Tell("citizen", "ticket.opened"),),
    "ticket.routed": (_citizens("ticket.routed"),),
    "ticket.transferred": (_citizens("ticket.transferred"),),
    "ticket.assigned": (_citizens("ticket.assigned"), _TO_OFFICER),
    "ticket.started": (),
    "ticket.asked": (Tell("citizen", "ticket.asked", every=True, urgent=True),),
    "ticket.answered": (),
    "ticket.waits": (),
    "ticket.date_moved": (_MOVED,),
    "ticket.calendar": (_MOVED,),
    "ticket.escalated": (_citizens("ticket.escalated"), _LATE),
    "ticket.proposed": (_PROPOSED,),
    "ticket.countersigned": (_PROPOSED,),
    "ticket.warned": (_WARNED,),
    "ticket.confirmed": (),
    "ticket.silent": (_citizens("ticket.closed"),),
    "ticket.forced": (_citizens("ticket.closed"),),
    "ticket.closed": (_citizens("ticket.closed"),),
    "ticket.withdrawn": (),
    "ticket.disputed": (Tell("citizen", "ticket.disputed"), _OBJECTED),
    "ticket.appealed": (_citizens("ticket.appealed"),),
    "ticket.decided": (_citizens("ticket.decided"),),
    "ticket.directed": (_citizens("ticket.decided"),),
    "ticket.upheld": (_citizens("ticket.decided"),),
    "ticket.joined": (),
    "ticket.left": (),
    "ticket.shared": (),
    "ticket.flagged": (Tell("desk", "staff.flagged", _DESK, urgent=True),),
    "ticket.call_back": (Tell("desk", "staff.call_back", _DESK, urgent=True),),
    "promise.read_back": (Tell("citizen", "promise.read_back", every=True, urgent=True),),
    "promise.kept": (_citizens("promise.kept"),),
    "promise.broken": (_citizens("promise.broken"),),
    "staff.assigned": (_TO_OFFICER,),
    "staff.at_risk": (Tell("officer", "staff.at_risk", _DESK, digest=True),),
    "staff.risk": (
        Tell("officer", "staff.at_risk", _DESK, digest=True),
        Tell("supervisor", "staff.risk_below", _DESK, digest=True),
    ),
    "staff.overdue": (_LATE,),
    "staff.disputed": (_OBJECTED,),
}
#: Of these no program hears: that money was asked for, and of whom, is for the desk alone; and so is whom to call back.
WITHIN: Final = frozenset({"ticket.flagged", "ticket.call_back"})
#: What she gets instead where even the kind of news says too much: a private or protected matter, a borrowed phone.
PLAIN: Final = "plain"
_REF: Final = frozenset({"ref", "link"})
_MANY: Final = frozenset({"n", "refs", "link"})
#: The code for whoever shows that she holds a phone; no news of any matter.
CODE_TEXT: Final = "code"
#: What each sentence must name, and all that it may.
PLACES: Final[dict[str, frozenset[str]]] = {
    **{tell.text: _REF for tells in TABLE.values() for tell in tells},
    "ticket.date_moved": frozenset({"ref", "link", "day"}),
    "staff.at_risk": _MANY,
    "staff.risk_below": _MANY,
    "staff.overdue": _MANY,
    PLAIN: _REF,
    CODE_TEXT: frozenset({"code"}),
}
#: Segments that a short message may need, by language. Urdu has 67 letters in each.
BUDGET: Final[dict[str, int]] = {"ur": 2, "en": 1}


def telling(event: str, text: str) -> Tell | None:
    """The telling of an event with this sentence; None for one that this version does not know."""
    return next((each for each in TABLE.get(event, ()) if each.text == text), None)


def channels_of(text: str) -> tuple[Channel, ...]:
    """The ways by which a sentence may go."""
    if text == PLAIN:
        return _WAYS
    if text == CODE_TEXT:
        return ("sms",)
    return next(tell.channels for tells in TABLE.values() for tell in tells if tell.text == text)
