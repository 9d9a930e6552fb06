"""Who may do what: one table of role, action and relation, denying whatever is not in it.

An action is the tag of a command, or the name of a page or route. The relation says whether the thing acted upon is the
actor's own ("own") or anybody's ("any"). The code, the tests and the documents read this one table.
"""

from typing import Literal

from rooms.base import Role

Relation = Literal["own", "any"]

CITIZEN: dict[str, Relation] = {
    "question.ask": "any",
    "question.support": "any",
    "question.withdraw": "own",
    "outcome.read_back": "own",
    "turn.accept": "own",
    "turn.ready": "own",
    "turn.wait": "own",
    "turn.read_out": "own",
    "turn.finish": "own",
    "seat.mute": "own",
    "participant.object": "any",
    "media.publish": "own",
    "media.watch": "any",
    "media.program": "any",
    "media.private": "own",
    "media.echo": "own",
    "media.told": "own",
    "page.live": "any",
    "ticket.follow": "any",
}
TRIAGE: dict[str, Relation] = {
    "question.claim": "any",
    "question.release": "any",
    "question.return": "any",
    "outcome.note": "any",
    "outcome.read_back": "any",
    "phone.reveal": "any",
    "question.classify": "any",
    "question.concern": "any",
    "question.hold": "any",
    "question.admit": "any",
    "question.merge": "any",
    "question.unmerge": "any",
    "question.not_take": "any",
    "question.refuse": "any",
    "question.confirm_refusal": "any",
    "question.overturn_refusal": "any",
    "question.answer": "any",
    "question.defer": "any",
    "question.move": "any",
}
STAGE: dict[str, Relation] = {
    "turn.call": "any",
    "turn.stage": "any",
    "turn.read_out": "any",
    "turn.finish": "any",
    "turn.extend": "any",
    "turn.offer": "any",
    "turn.park": "any",
    "turn.cancel": "any",
    "media.private": "own",
    "media.talk": "any",
    "turn.hall": "any",
    "floor.give": "any",
    "seat.talk": "any",
    "seat.show": "any",
    "seat.mute": "any",
    "seat.clear": "any",
    "participant.remove": "any",
    "participant.block": "any",
    "participant.unblock": "any",
}
SITTING: dict[str, Relation] = {
    "seat.take": "any",
    "seat.leave": "own",
    "seat.mute": "own",
    "seat.show": "own",
    "participant.object": "any",
    "media.publish": "own",
    "media.private": "own",
    "media.echo": "own",
    "media.told": "own",
    "page.official": "any",
}
COURSE: dict[str, Relation] = {
    "session.open_doors": "any",
    "session.start": "any",
    "session.adjourn": "any",
    "session.resume": "any",
    "session.postpone": "any",
    "session.reschedule": "any",
    "session.cancel": "any",
    "session.close": "any",
    "session.simulate": "any",
    "page.schedule": "any",
}
PLANNING: dict[str, Relation] = {
    "session.schedule": "any",
    "session.reschedule": "any",
    "session.postpone": "any",
    "session.cancel": "any",
    "page.schedule": "any",
}
#: Who is large in the program, and the key that keeps what was just said off the air.
PROGRAM: dict[str, Relation] = {"page.program": "any", "caption.withhold": "any"}
#: Putting down what is said, for those who read along.
CAPTIONING: dict[str, Relation] = {"caption.type": "any", "caption.correct": "any", "page.captions": "any"}
#: What is made of a hearing after its close.
PAPERS: dict[str, Relation] = {
    "page.register": "any",
    "page.minutes": "any",
    "page.handover": "any",
    "page.reports": "any",
}
#: What was promised in the hearings before, at the beginning of the next one, and what is said of it aloud.
PROMISES: dict[str, Relation] = {"page.opening": "any", "page.promises": "any"}
#: What is done with complaints after a hearing; in which capacity an account acts on one of them is
#: kachehri/standing.py's to say.
OFFICE: dict[str, Relation] = {
    "page.tickets": "any",
    "page.status": "any",
    "page.handover": "any",
    "page.supervise": "any",
    "page.reports": "any",
    "page.brief": "any",
    "page.replies": "any",
    "ticket.act": "any",
    "ticket.phone": "any",
}
CLOCK: dict[str, Relation] = {
    "clock.tick": "any",
    "tickets.open": "any",
    "session.seal": "any",
    "content.erase": "any",
    "presence.report": "any",
    "attendance.count": "any",
    "policy.declare": "any",
    "session.schedule": "any",
}
#: What everybody of the staff has: the list of hearings, and the own account.
INSIDE: dict[str, Relation] = {
    "media.watch": "any",
    "media.program": "any",
    "page.live": "any",
    "page.staff": "any",
    "page.account": "any",
}
#: Whoever does something in a hearing can be barred, and may object to it; the command speaks of its actor alone.
OBJECTING: dict[str, Relation] = {"participant.object": "any"}

#: Who leads a hearing, as its chair or as a moderator.
LEADING: dict[str, Relation] = {
    **INSIDE,
    **TRIAGE,
    **STAGE,
    **COURSE,
    **PAPERS,
    **PROMISES,
    **CAPTIONING,
    **PROGRAM,
    "page.releases": "any",
    "page.hear": "any",
    "page.tickets": "any",
    "ticket.release": "any",
    "ticket.act": "any",
    "ticket.phone": "any",
    "ticket.call_back": "any",
    "page.supervise": "any",
    "page.brief": "any",
    "page.desk": "any",
    "page.invite": "any",
    "page.equipment": "any",
    "policy.declare": "any",
}

ROLES: dict[Role, dict[str, Relation]] = {
    "citizen": CITIZEN,
    "moderator": {**LEADING, **OBJECTING, "question.ask": "any"},
    "chair": {**SITTING, **LEADING},
    "official": {**INSIDE, **SITTING, **OFFICE, **PROMISES},
    "interpreter": {**INSIDE, **SITTING, **CAPTIONING},
    # Shows papers on a screen and runs the camera of a hall; which seats those are is in rooms/staging.py.
    "clerk": {
        **INSIDE,
        **SITTING,
        **PAPERS,
        **PROMISES,
        **OFFICE,
        **CAPTIONING,
        "ticket.call_back": "any",
        "question.ask": "any",
        "question.claim": "any",
        "question.release": "any",
        "question.classify": "any",
        "question.answer": "any",
        "outcome.note": "any",
        "outcome.read_back": "any",
        "phone.reveal": "any",
        "page.desk": "any",
    },
    "officer": {**INSIDE, **OBJECTING, **OFFICE},
    # The desk as it is, with nothing to press.
    "observer": {**INSIDE, "page.desk": "any"},
    "administrator": {
        **INSIDE,
        **PLANNING,
        **PAPERS,
        "page.opening": "any",
        "page.tickets": "any",
        "page.supervise": "any",
        "page.brief": "any",
        "page.audit": "any",
        "page.notices": "any",
        "page.hooks": "any",
        "page.keys": "any",
        "page.erase": "any",
        "ticket.call_back": "any",
        "page.desk": "any",
        "page.accounts": "any",
        "page.setup": "any",
        "page.practice": "any",
        "page.offices": "any",
        "page.calendar": "any",
        "page.posts": "any",
        "page.routing": "any",
        "session.simulate": "any",
        "page.invite": "any",
        "page.equipment": "any",
    },
    "system": CLOCK,
}

#: What a connection of each role receives.
AUDIENCES: dict[Role, Literal["public", "desk", "official"]] = {
    "citizen": "public",
    "moderator": "desk",
    "chair": "desk",
    "clerk": "desk",
    "administrator": "desk",
    "official": "official",
    "interpreter": "official",
    "officer": "public",
    "observer": "desk",
    "system": "public",
}


def allows(role: Role, action: str, own: bool) -> bool:
    """Whether `role` may do `action` on something that is or is not its own.

    Arguments:
        own: the actor is the one whom the thing acted upon belongs to.
    """
    relation = ROLES[role].get(action)
    return relation == "any" or (relation == "own" and own)
