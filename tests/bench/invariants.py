"""What must hold of a session after every step, whatever was done to it."""

from __future__ import annotations

from collections import Counter

from rooms import closing, lifecycle
from rooms.queue import GONE
from rooms.session import Session
from rooms.stage import SEATED

from .walk_cast import DESK_NOTE, PERSON, SECRET


class Broken(AssertionError):
    """Something that must always hold does not."""


def must(true: bool, what: str) -> None:
    if not true:
        raise Broken(what)


def queue_holds(session: Session) -> None:
    """Every question stands in exactly one index, the one of its state; places run from 1 without gaps."""
    queue = session.queue
    seen = Counter(each for rows in queue.index.values() for _, each in rows)
    must(seen.keys() == queue.questions.keys(), "a question is in no index")
    must(all(count == 1 for count in seen.values()), "a question is in two indexes")
    for state, rows in queue.index.items():
        must(rows == sorted(rows), f"the index of {state} is out of order")
        for rank, each in rows:
            question = queue.questions[each]
            must(question.state == state, f"a {question.state} question is in the index of {state}")
            must(question.rank == rank, "a question is indexed under another rank than its own")
    places = [queue.place(queue.questions[each]) for _, each in queue.line]
    must(places == list(range(1, len(places) + 1)), "the places in line are not 1 to n")
    for parent, followers in queue.followers.items():
        must(not followers or queue.questions[parent].state != "merged", "a merged question has followers")
        for each in followers:
            joined = queue.questions[each]
            must(joined.state == "merged" and joined.parent == parent, "a follower does not know its parent")
    merged = [queue.questions[each] for _, each in queue.among("merged")]
    must(all(each.id in queue.followers.get(each.parent, ()) for each in merged), "a merged question follows nobody")
    for claimed in queue.claims:
        must(queue.questions[claimed].state not in GONE, "somebody works on a question that is gone")
    numbers = {each.reference for each in queue.questions.values()}
    must(len(numbers) == len(queue.questions), "two questions have one number")


def stage_holds(session: Session) -> None:
    """A seat and its turn know each other; only who sits is heard; nobody has two turns or sits twice."""
    stage = session.stage
    for turn in stage.turns.values():
        must(turn.state != "ended", "a turn that is over is still there")
        if turn.seat:
            must(stage.seats[turn.seat].turn == turn.id, "a turn has a seat that is kept for another")
        must(turn.state in SEATED or not turn.seat, f"a {turn.state} turn keeps a seat")
        must(turn.state != "on_stage" or bool(turn.seat), "on the stage without a seat")
    for seat in stage.seats.values():
        kept = stage.turns.get(seat.turn)
        must(not seat.turn or (kept is not None and kept.seat == seat.id), "a seat is kept for a turn that is over")
        theirs = kept is None or seat.kind == "hall" or seat.participant in ("", kept.participant)
        must(theirs, "somebody else sits on a turn's seat")
        must(seat.participant != "" or (seat.talk, seat.shows) == ("open", ""), "an empty seat speaks or shows")
        must(seat.kind != "citizen" or kept is not None or not seat.participant, "a citizen sits without a turn")
    people = Counter(turn.participant for turn in stage.turns.values())
    must(all(count == 1 for count in people.values()), "somebody has two turns")
    sitting = Counter((seat.participant, seat.kind == "slides") for seat in stage.seats.values() if seat.participant)
    must(all(count == 1 for count in sitting.values()), "somebody sits twice")
    for name, who in stage.heard().items():
        heard = stage.turns.get(stage.seats[name].turn)
        must(stage.seats[name].participant == who, "somebody is heard who does not sit there")
        must(heard is None or heard.state == "on_stage", "a turn is heard that is not on the stage")
    must(session.phase in ("doors_open", "live", "adjourned") or not stage.heard(), "heard outside the hearing")
    screens = [seat for seat in stage.seats.values() if seat.kind == "slides" and seat.participant]
    must(len(screens) < 2, "two screens are shown")
    must(not stage.floor or stage.seats[stage.floor].participant != "", "an empty seat has the floor")
    moving = [turn for turn in stage.turns.values() if turn.state != "parked"]
    must(session.phase == "live" or not moving, "a turn that is not parked while the hearing pauses")
    turning = Counter(each for turn in stage.turns.values() for each in turn.questions)
    called = {each for _, each in session.queue.among("called")}
    must(called <= turning.keys(), "a called question has no turn")


def close_holds(session: Session, raised: int) -> None:
    """Everything that was raised is accounted for, tickets before what follows them."""
    balance, questions = session.closing.balance, session.queue.questions
    if session.phase not in lifecycle.ENDED:
        must(balance is None, "a balance before the end")
        return
    if balance is None:
        raise Broken("closed without a balance")
    must(balance.balanced and balance.raised == raised == len(questions), "the balance does not come out")
    order = session.closing.order
    must(sorted(order) == sorted(questions) and session.closing.done == raised, "a question is not accounted for")
    place = {each: number for number, each in enumerate(order)}
    for question in questions.values():
        if question.state == "merged":
            parent = questions[question.parent]
            must(place[parent.id] < place[question.id], "a follower comes before the ticket that it follows")
            must(closing.disposition(parent.state) == "ticket", f"a follower of a {parent.state} question")
    must(not session.stage.turns and not session.stage.heard(), "somebody is on the stage after the end")


def nothing_leaks(audience: str, frame: bytes) -> None:
    """Who asked, what is private and what the desk notes never leave the desk."""
    for word in (PERSON, SECRET, DESK_NOTE):
        must(word.encode() not in frame, f"{word} reached the audience {audience}")


def only_own(participant: str, frame: bytes) -> None:
    """A personal frame speaks of one person."""
    must(frame.count(PERSON.encode()) == frame.count(participant.encode()), "a personal frame names somebody else")
