"""What the console does beside its live line: one decision on many questions, and looking at a phone number."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.store import Connection
from kachehri.store.tables import Account
from rooms.base import Command, Note, Refused
from rooms.limits import WINDOW
from rooms.questions import (
    AdmitQuestion,
    ClassifyQuestion,
    HoldQuestion,
    NotTakeQuestion,
    ReleaseQuestion,
    ReturnQuestion,
)
from web import forms
from web.errors import status_of
from web.house import House, house_of
from web.pages.desk_reading import answer, told
from web.security import CSRF_HEADER, is_forged
from web.staff import guarded, submit_as

T = TypeVar("T")
MANY: dict[str, type[Command]] = {
    "admit": AdmitQuestion,
    "hold": HoldQuestion,
    "not_take": NotTakeQuestion,
    "classify": ClassifyQuestion,
    "return": ReturnQuestion,
    "release": ReleaseQuestion,
}


class Many(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One decision on several questions."""

    do: Literal["admit", "hold", "not_take", "classify", "return", "release"]
    questions: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=WINDOW)]
    #: The page's own key of 128 bits: sent twice, it is carried out once.
    key: str
    reason: str = ""
    note: str = ""
    category: str = ""


class Failed(msgspec.Struct, frozen=True):
    """A question on which it was not done, and why not, as a sentence."""

    question: str
    code: str
    why: str


class Done(msgspec.Struct, frozen=True):
    """What became of it, question by question."""

    done: tuple[str, ...]
    failed: tuple[Failed, ...]


class Reveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose number, and why."""

    question: str
    reason: Literal["call_back", "line_lost", "visit", "danger"]
    words: Note = ""


class Shown(msgspec.Struct, frozen=True):
    """The number in the form E.164; empty when none was left."""

    phone: str


@guarded("page.desk")
async def many(request: Request, account: Account) -> Response:
    """POST /mod/{session}/many. Each question is decided on by itself: one that cannot be does not stop the others."""
    house = house_of(request)
    wanted = await sent(request, house, Many)
    if isinstance(wanted, Response):
        return wanted
    session_id = request.path_params["session"]
    try:
        commands = [command_of(wanted, question) for question in wanted.questions]
    except msgspec.ValidationError:
        return answer({"code": "malformed"}, 400)
    keys = [key_for(wanted.key, question) for question in wanted.questions]
    words = house.words(request)
    given = await asyncio.gather(
        *(submit_as(house, request, account, session_id, *each) for each in zip(commands, keys, strict=True)),
        return_exceptions=True,
    )
    done, failed = [], []
    for question, result in zip(wanted.questions, given, strict=True):
        if isinstance(result, Refused):
            failed.append(Failed(question, result.code, await told(house, session_id, words, result)))
        elif isinstance(result, BaseException):
            raise result
        else:
            done.append(question)
    return answer(Done(tuple(done), tuple(failed)))


@guarded("phone.reveal")
async def phone(request: Request, account: Account) -> Response:
    """POST /mod/{session}/phone. The number is shown only together with the record of who looked at it, and why."""
    house = house_of(request)
    wanted = await sent(request, house, Reveal)
    if isinstance(wanted, Response):
        return wanted
    live = await house.service.live(request.path_params["session"])
    question = live.session.queue.questions.get(wanted.question)
    if question is None:
        return answer({"code": "question_unknown"}, 404)
    reason = house.words(request).plain(f"reveal.reason.{wanted.reason}")
    reason = f"{reason}: {wanted.words.strip()}" if wanted.words.strip() else reason

    def reveal(conn: Connection, now: int) -> str:
        audit.record(
            conn,
            now,
            action="phone.reveal",
            subject=question.reference,
            reason=reason,
            account=account.id,
            session=live.session.id,
        )
        person = house.service.people.persons(conn, [question.asker]).get(question.asker)
        return (house.service.people.phone(conn, person) if person else None) or ""

    try:
        return answer(Shown(await house.write(reveal)))
    except Refused as refused:
        return answer({"code": refused.code}, status_of(refused.code))


async def sent(request: Request, house: House, type: type[T]) -> T | Response:
    """The body of a request that a script of ours made on a page of ours; else the answer that says what is wrong."""
    raw = await forms.body(request)
    if is_forged(request, request.headers.get(CSRF_HEADER), house.origins):
        return answer({"code": "not_allowed"}, 403)
    try:
        return msgspec.json.decode(raw, type=type)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return answer({"code": "malformed"}, 400)


def command_of(wanted: Many, question: str) -> Command:
    """The command for one of the questions.

    Raises:
        msgspec.ValidationError: a reason or a category that this decision does not know.
    """
    fields: dict[str, Any] = {"type": f"question.{wanted.do}", "question": question}
    if wanted.do in ("hold", "not_take"):
        fields |= {"reason": wanted.reason, "note": wanted.note}
    elif wanted.do == "classify":
        fields["category"] = wanted.category
    return msgspec.convert(fields, MANY[wanted.do])


def key_for(key: str, question: str) -> str:
    """The key of one command, which follows from that of the whole."""
    digest = hashlib.sha256(f"{key}/{question}".encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
