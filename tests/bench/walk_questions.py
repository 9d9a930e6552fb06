"""How a walker words what is done to questions: asked, sorted, ordered, merged, withdrawn, decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rooms import concerns, outcomes, questions
from rooms.base import Actor, Command
from rooms.queue import Question

from .walk_cast import CITIZEN_ACTORS, CLERKS, DESK, MODERATORS, SECRET
from .walk_sight import Choice, Sight, Wording

WAITING = ("new", "held", "admitted")
ANY_OPEN = (*WAITING, "called", "heard", "answered", "deferred", "merged", "not_taken", "refusing")


def of_question(walk: Sight, states: tuple[str, ...], make: Callable[[str], Command]) -> Choice | None:
    found = walk.question_in(*states)
    return (walk.desk(), make(found)) if found else None


def ask(walk: Sight) -> Choice:
    rng = walk.rng
    actor = rng.choice(CITIZEN_ACTORS) if rng.random() < 0.93 else rng.choice([*CLERKS, *MODERATORS])
    hide, private = rng.random() < 0.25, rng.random() < 0.15
    name = rng.choice(("", "Nasreen", "رحمت اللہ"))
    secret = SECRET + actor.participant
    return actor, questions.AskQuestion(
        kind=rng.choice(("grievance", "question", "suggestion", "information", "praise")),
        category=rng.choice(("water", "roads", "other")),
        area=rng.choice(("", "ward-7")),
        village=rng.choice(("", f"{secret} chak" if private else "چک 112")),
        spoken=rng.random() < 0.3,
        text=rng.choice(("", f"{secret} {walk.words()}")) if private else f"{walk.words()}?" * rng.choice((0, 1, 1, 9)),
        name=f"{secret} {name}" if hide or private else name,
        hide_name=hide,
        private=private,
        channel=rng.choice(("live", "web", "kiosk", "desk")),
        claimed_arrival=rng.choice((None, 1)),
    )


def support(walk: Sight) -> Choice | None:
    found = walk.question_in("new", "held", "admitted", "called", "refusing")
    actor = walk.rng.choice(CITIZEN_ACTORS)
    return (actor, questions.SupportQuestion(question=found)) if found else None


def merge(walk: Sight) -> Choice | None:
    found, into = walk.question_in("new", "held", "admitted"), walk.any_question()
    if found is None or into is None:
        return None
    return walk.desk(), questions.MergeQuestion(question=found, into=into)


def move(walk: Sight) -> Choice | None:
    found, before = walk.question_in("admitted"), walk.question_in("admitted")
    if found is None or (found == before and walk.rng.random() < 0.9):
        return None
    to = before if walk.rng.random() < 0.8 else None
    return walk.desk(), questions.MoveQuestion(question=found, before=to, reason="with_child", note=walk.note())


def decided(walk: Sight) -> Choice | None:
    """What was decided aloud; of a private matter nobody but its owner and the desk reads the words."""
    found = walk.question_in("admitted", "called", "called", "heard", "heard", "answered", "deferred")
    if found is None:
        return None
    question: Question = walk.session.queue.questions[found]
    secret = f"{SECRET}{question.asker} " if question.private else ""
    kind: Any = walk.rng.choice(("answered", "ordered", "referred", "refused"))
    whole = walk.rng.random() < 0.95
    note = outcomes.NoteOutcome(
        question=found,
        outcome=kind,
        office="wasa" if kind in ("ordered", "referred") and whole else None,
        due="2026-02-01" if kind == "ordered" else None,
        rule=f"{secret}rule 7" if kind == "refused" or walk.rng.random() < 0.1 else "",
        note=f"{secret}پمپ {walk.words()}" if kind == "ordered" or walk.rng.random() < 0.5 else "",
    )
    return walk.rng.choice([*DESK, *CLERKS]), note


def read_back(walk: Sight) -> Choice | None:
    """An order that is read back: she says yes or no, by her own phone or aloud; now and then to older words."""
    known = walk.session.queue.questions
    ordered = [each for each in known.values() if each.outcome and each.outcome.kind == "ordered"]
    if not ordered:
        return None
    question = walk.rng.choice(ordered)
    assert question.outcome is not None
    words = question.outcome.note if walk.rng.random() < 0.95 else "f" * 16
    her = Actor(question.asker, "citizen")
    command = outcomes.ReadBack(question=question.id, words=words, agreed=walk.rng.random() < 0.7)
    return (her if walk.rng.random() < 0.6 else walk.rng.choice([*DESK, *CLERKS])), command


def claim(walk: Sight) -> Choice | None:
    found = walk.question_in("new", "new", "held", "admitted", "refusing", "heard", "withdrawn")
    return (walk.rng.choice([*DESK, *CLERKS]), questions.ClaimQuestion(question=found)) if found else None


def release(walk: Sight) -> Choice | None:
    """Mostly by whoever holds it; by somebody else it is refused, or comes too late."""
    claims = walk.session.queue.claims
    found = walk.rng.choice(list(claims)) if claims else walk.any_question()
    if found is None:
        return None
    holders = [each for each in (*DESK, *CLERKS) if found in claims and claims[found].by == each.participant]
    actor = walk.rng.choice(holders if holders and walk.rng.random() < 0.8 else DESK)
    return actor, questions.ReleaseQuestion(question=found)


def confirm(walk: Sight) -> Choice | None:
    found = walk.question_in("refusing")
    return (walk.desk(), questions.ConfirmRefusal(question=found)) if found else None


def withdraw(walk: Sight) -> Choice | None:
    found = walk.question_in("new", "held", "admitted", "called", "deferred", "merged", "not_taken")
    if found is None:
        return None
    question: Question = walk.session.queue.questions[found]
    return Actor(question.asker, "citizen"), questions.WithdrawQuestion(question=found)


WORDED: dict[type[Command], Wording] = {
    questions.AskQuestion: lambda w, now: ask(w),
    questions.SupportQuestion: lambda w, now: support(w),
    questions.ClassifyQuestion: lambda w, now: of_question(
        w, ANY_OPEN, lambda q: questions.ClassifyQuestion(question=q, category=w.rng.choice(("water", "land")))
    ),
    concerns.ConcernQuestion: lambda w, now: of_question(
        w, ANY_OPEN, lambda q: concerns.ConcernQuestion(question=q, about=w.rng.choice(("", "xen", "office/water")))
    ),
    questions.ClaimQuestion: lambda w, now: claim(w),
    questions.ReleaseQuestion: lambda w, now: release(w),
    questions.ReturnQuestion: lambda w, now: of_question(
        w, ("held", "not_taken", "deferred", "admitted"), lambda q: questions.ReturnQuestion(question=q)
    ),
    outcomes.NoteOutcome: lambda w, now: decided(w),
    outcomes.ReadBack: lambda w, now: read_back(w),
    questions.HoldQuestion: lambda w, now: of_question(
        w, ("new", "admitted"), lambda q: questions.HoldQuestion(question=q, reason="unclear", note=w.note())
    ),
    questions.AdmitQuestion: lambda w, now: of_question(
        w, ("new", "new", "held", "deferred", "not_taken"), lambda q: questions.AdmitQuestion(question=q)
    ),
    questions.MergeQuestion: lambda w, now: merge(w),
    questions.UnmergeQuestion: lambda w, now: of_question(
        w, ("merged",), lambda q: questions.UnmergeQuestion(question=q)
    ),
    questions.NotTakeQuestion: lambda w, now: of_question(
        w, WAITING, lambda q: questions.NotTakeQuestion(question=q, reason="in_court", note=w.note())
    ),
    questions.RefuseQuestion: lambda w, now: of_question(
        w, (*WAITING, "not_taken"), lambda q: questions.RefuseQuestion(question=q, reason="abuse")
    ),
    questions.ConfirmRefusal: lambda w, now: confirm(w),
    questions.OverturnRefusal: lambda w, now: of_question(
        w, ("refusing",), lambda q: questions.OverturnRefusal(question=q)
    ),
    questions.WithdrawQuestion: lambda w, now: withdraw(w),
    questions.AnswerQuestion: lambda w, now: of_question(
        w, ("admitted", "called", "heard", "deferred"), lambda q: questions.AnswerQuestion(question=q, note=w.note())
    ),
    questions.DeferQuestion: lambda w, now: of_question(
        w,
        ("admitted", "called", "heard"),
        lambda q: questions.DeferQuestion(question=q, reason="needs_file", note=w.note()),
    ),
    questions.MoveQuestion: lambda w, now: move(w),
    questions.DeclarePolicy: lambda w, now: (w.desk(), questions.DeclarePolicy(policy="arrival")),
}
