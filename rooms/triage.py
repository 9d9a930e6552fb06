"""What follows from a command about questions: asking, weighing, joining, moving, taking back."""

from typing import assert_never

from .base import Context, Event, Refused, SetFact
from .concerns import ConcernQuestion, QuestionConcerned
from .limits import OPEN_QUESTIONS_MAX, WITHDRAWN_MAX
from .outcomes import NoteOutcome, ReadBack, note, read_back
from .questions import (
    AdmitQuestion,
    AnswerQuestion,
    AskQuestion,
    ClaimQuestion,
    ClassifyQuestion,
    ConfirmRefusal,
    DeclarePolicy,
    DeferQuestion,
    HoldQuestion,
    MergeQuestion,
    MoveQuestion,
    NotTakeQuestion,
    OverturnRefusal,
    PolicyDeclared,
    QuestionAdmitted,
    QuestionAnswered,
    QuestionAsked,
    QuestionClaimed,
    QuestionClassified,
    QuestionDeferred,
    QuestionHeld,
    QuestionMerged,
    QuestionMoved,
    QuestionNotTaken,
    QuestionRefused,
    QuestionReleased,
    QuestionReturned,
    QuestionUnmerged,
    QuestionWithdrawn,
    QueueCommand,
    RefusalOverturned,
    RefusalProposed,
    RefuseQuestion,
    ReleaseQuestion,
    ReturnQuestion,
    SupportQuestion,
    UnmergeQuestion,
    WithdrawQuestion,
)
from .queue import GONE, OPEN, Question, QueueState, step


def decide(state: QueueState, command: QueueCommand, actor: str, ctx: Context, seat: str = "") -> list[Event | SetFact]:
    """What follows from a command about questions.

    Arguments:
        actor: the participant who gives the command.
        seat: for `outcome.note`, the seat of whoever speaks for the office.
    Errors: `Refused` with `question_unknown`, `question_state`, `question_limit`, `withdrawn_limit`, `say_what`,
        `claimed`, `merge_self`, `merge_parent`, `private_parent`, `second_person`, `not_in_line`, `outcome_incomplete`,
        `no_order`, `order_changed`.
    """
    words = ctx.kept.get("note")
    match command:
        case AskQuestion():
            return [ask(state, command, actor, ctx)]
        case DeclarePolicy():
            return [PolicyDeclared(policy=command.policy)]
        case SupportQuestion():
            if state.get(command.question).state not in OPEN or state.get(command.question).private:
                raise Refused("question_state", state=state.get(command.question).state)
            return [SetFact(kind="support", subject=command.question, participant=actor)]
        case _:
            question = state.get(command.question)
    # What the asker herself says waits for nobody's work on it.
    if not isinstance(command, WithdrawQuestion | ReadBack) and (by := state.held_off(question.id, actor, ctx.now)):
        raise Refused("claimed", by=by)
    match command:
        case ClaimQuestion():
            if question.state in GONE:
                raise Refused("question_state", state=question.state)
            return [QuestionClaimed(question=question.id, by=actor)]
        case ReleaseQuestion():
            return [QuestionReleased(question=question.id)] if question.id in state.claims else []
        case ReturnQuestion():
            step(question, "put_back")
            return [QuestionReturned(question=question.id)]
        case ClassifyQuestion():
            return classify(state, question, command)
        case ConcernQuestion():
            same = command.about == question.about
            return [] if same else [QuestionConcerned(question=question.id, about=command.about)]
        case HoldQuestion():
            step(question, "hold")
            return [QuestionHeld(question=question.id, reason=command.reason, note=words)]
        case AdmitQuestion():
            step(question, "admit")
            return [QuestionAdmitted(question=question.id)]
        case MergeQuestion():
            return [merge(state, question, command.into)]
        case UnmergeQuestion():
            step(question, "unmerge")
            return [QuestionUnmerged(question=question.id)]
        case NotTakeQuestion():
            step(question, "not_take")
            return [QuestionNotTaken(question=question.id, reason=command.reason, note=words)]
        case RefuseQuestion():
            step(question, "refuse")
            return [RefusalProposed(question=question.id, reason=command.reason, by=actor)]
        case ConfirmRefusal():
            step(question, "confirm")
            if question.by == actor:
                raise Refused("second_person")
            return [*release(state, question), QuestionRefused(question=question.id, by=actor)]
        case OverturnRefusal():
            step(question, "overturn")
            return [RefusalOverturned(question=question.id)]
        case WithdrawQuestion():
            step(question, "withdraw")
            return [*release(state, question), QuestionWithdrawn(question=question.id)]
        case AnswerQuestion():
            step(question, "answer")
            return [QuestionAnswered(question=question.id, note=words)]
        case NoteOutcome(outcome="answered"):
            step(question, "answer")
            return [QuestionAnswered(question=question.id, note=words), note(command, actor, seat, ctx)]
        case NoteOutcome():
            step(question, "settle")
            return [note(command, actor, seat, ctx)]
        case ReadBack():
            if question.state in GONE:
                raise Refused("question_state", state=question.state)
            return [read_back(command, question.outcome, actor)]
        case DeferQuestion():
            step(question, "defer")
            return [QuestionDeferred(question=question.id, reason=command.reason, note=words)]
        case MoveQuestion():
            if question.state != "admitted" or command.before == question.id:
                raise Refused("not_in_line")
            if command.before is not None and state.get(command.before).state != "admitted":
                raise Refused("not_in_line")
            return [QuestionMoved(question=question.id, before=command.before, reason=command.reason, note=words)]
        case _:
            assert_never(command)


def ask(state: QueueState, command: AskQuestion, actor: str, ctx: Context) -> QuestionAsked:
    """Accept a question; its reference is allotted here, in the same step."""
    own = [state.questions[each].state for each in state.asked_by.get(actor, ())]
    if sum(each in OPEN for each in own) >= OPEN_QUESTIONS_MAX:
        raise Refused("question_limit", limit=OPEN_QUESTIONS_MAX)
    if own.count("withdrawn") >= WITHDRAWN_MAX:
        raise Refused("withdrawn_limit", limit=WITHDRAWN_MAX)
    text, village = ctx.kept.get("text"), ctx.kept.get("village")
    if text is None and not command.spoken:
        raise Refused("text_empty", field="text")
    if text is None and command.category == "other" and not command.area and village is None:
        raise Refused("say_what")
    return QuestionAsked(
        question=ctx.new_id(),
        reference=ctx.new_reference(),
        asker=actor,
        kind=command.kind,
        category=command.category,
        area=command.area,
        content=text,
        village=village,
        spoken=command.spoken,
        name=ctx.kept.get("name"),
        hide_name=command.hide_name,
        private=command.private,
        channel=command.channel,
        claimed_arrival=command.claimed_arrival,
    )


def classify(state: QueueState, question: Question, command: ClassifyQuestion) -> list[Event | SetFact]:
    """Correct what it is about. Of those who had joined what is private from now on, whoever everybody may read stands
    alone again, as `merge` would have had it.
    """
    private = command.private and not question.private
    freed = [each for each in state.followers.get(question.id, ()) if private and not state.questions[each].private]
    kind = command.kind or question.kind
    return [
        *(QuestionUnmerged(question=each) for each in freed),
        QuestionClassified(question=question.id, category=command.category, kind=kind, private=private),
    ]


def merge(state: QueueState, question: Question, into: str) -> QuestionMerged:
    """Join with another; joining with a follower means joining with the one it follows, so chains cannot form."""
    step(question, "merge")
    parent = state.get(into)
    if parent.state == "merged":
        parent = state.get(parent.parent)
    if parent.id == question.id or state.followers.get(question.id):
        raise Refused("merge_self" if parent.id == question.id else "merge_parent")
    if parent.state in ("refused", "withdrawn", "refusing"):
        raise Refused("question_state", state=parent.state)
    if parent.private and not question.private:
        raise Refused("private_parent")
    return QuestionMerged(question=question.id, into=parent.id)


def release(state: QueueState, parent: Question) -> list[Event | SetFact]:
    """When a question goes away for good, those who had joined it stand alone: nobody else's word ends theirs."""
    return [QuestionUnmerged(question=follower) for follower in state.followers.get(parent.id, ())]
