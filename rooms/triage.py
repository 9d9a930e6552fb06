"""What follows from a command about questions: asking, weighing, joining, moving, taking back."""

from typing import assert_never

from .base import Context, Event, Refused, SetFact
from .limits import OPEN_QUESTIONS_MAX, WITHDRAWN_MAX
from .questions import (
    AdmitQuestion,
    AnswerQuestion,
    AskQuestion,
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
    QuestionClassified,
    QuestionDeferred,
    QuestionHeld,
    QuestionMerged,
    QuestionMoved,
    QuestionNotTaken,
    QuestionRefused,
    QuestionUnmerged,
    QuestionWithdrawn,
    QueueCommand,
    RefusalOverturned,
    RefusalProposed,
    RefuseQuestion,
    SupportQuestion,
    UnmergeQuestion,
    WithdrawQuestion,
)
from .queue import OPEN, Question, QueueState, step


def decide(state: QueueState, command: QueueCommand, actor: str, ctx: Context) -> list[Event | SetFact]:
    """What follows from a command about questions.

    Arguments:
        actor: the participant who gives the command.
    Errors: `Refused` with `question_unknown`, `question_state`, `question_limit`, `withdrawn_limit`, `merge_self`,
        `merge_parent`, `second_person`, `not_in_line`.
    """
    note = ctx.kept.get("note")
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
    match command:
        case ClassifyQuestion():
            return [
                QuestionClassified(question=question.id, category=command.category, kind=command.kind or question.kind)
            ]
        case HoldQuestion():
            step(question, "hold")
            return [QuestionHeld(question=question.id, reason=command.reason, note=note)]
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
            return [QuestionNotTaken(question=question.id, reason=command.reason, note=note)]
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
            return [QuestionAnswered(question=question.id, note=note)]
        case DeferQuestion():
            step(question, "defer")
            return [QuestionDeferred(question=question.id, reason=command.reason, note=note)]
        case MoveQuestion():
            if question.state != "admitted" or command.before == question.id:
                raise Refused("not_in_line")
            if command.before is not None and state.get(command.before).state != "admitted":
                raise Refused("not_in_line")
            return [QuestionMoved(question=question.id, before=command.before, reason=command.reason, note=note)]
        case _:
            assert_never(command)


def ask(state: QueueState, command: AskQuestion, actor: str, ctx: Context) -> QuestionAsked:
    """Accept a question; its reference is allotted here, in the same step."""
    own = [state.questions[each].state for each in state.asked_by.get(actor, ())]
    if sum(each in OPEN for each in own) >= OPEN_QUESTIONS_MAX:
        raise Refused("question_limit", limit=OPEN_QUESTIONS_MAX)
    if own.count("withdrawn") >= WITHDRAWN_MAX:
        raise Refused("withdrawn_limit", limit=WITHDRAWN_MAX)
    return QuestionAsked(
        question=ctx.new_id(),
        reference=ctx.new_reference(),
        asker=actor,
        kind=command.kind,
        category=command.category,
        area=command.area,
        content=ctx.kept["text"],
        name=ctx.kept.get("name"),
        hide_name=command.hide_name,
        private=command.private,
        channel=command.channel,
        claimed_arrival=command.claimed_arrival,
    )


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
    return QuestionMerged(question=question.id, into=parent.id)


def release(state: QueueState, parent: Question) -> list[Event | SetFact]:
    """When a question goes away for good, those who had joined it stand alone: nobody else's word ends theirs."""
    return [QuestionUnmerged(question=follower) for follower in state.followers.get(parent.id, ())]
