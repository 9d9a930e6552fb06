"""What follows from each message of one connection: the state machine says what is due, and here it is done."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

import msgspec

from rooms.base import Refused
from rooms.questions import AskQuestion

from . import codes, passes, protocol
from .codes import Close
from .connection import Add, Admit, Connection, Media, Refuse, Submit
from .door import Door
from .hub import Line
from .passes import Pass, PassRefused

#: Requests of one connection on their way at once.
IN_FLIGHT_MOST = 64
Answer = Coroutine[Any, Any, protocol.ToClient]


class Speaker(Line, Protocol):
    """The connection that a conversation answers."""

    def say(self, message: protocol.ToClient) -> None:
        """Send a frame that only this connection gets."""


class Conversation:
    """Carries out what one connection asks for, and answers under the same `ref`, whatever happens."""

    __slots__ = ("_address", "_door", "_entry", "_in_flight", "_line", "machine")

    def __init__(self, line: Speaker, door: Door, machine: Connection, entry: Pass, address: str) -> None:
        self._address = address
        self._line = line
        self._door = door
        self._entry = entry
        self._in_flight = 0
        self.machine = machine

    def text(self, data: bytes) -> None:
        """One whole message has arrived."""
        match self.machine.text(data, self._door.hub.clock.steady()):
            case Close() as reason:
                self._line.shut(reason)
            case Refuse() as refused:
                self._refuse(refused.ref, refused.code, refused.params)
            case Admit() as admit:
                self._door.hub.spawn(self._admit(admit))
            case Submit() as submit:
                self._begin(submit.ref, self._submit(submit))
            case Add() as add:
                self._begin(add.ref, self._add(add))
            case Media() as media:
                self._begin(media.request.ref, self._media(media))

    def over(self) -> None:
        """The socket is gone."""
        self.machine.close(codes.TROUBLE)
        if self._door.media is not None:
            self._door.media.left(self._line)

    def _begin(self, ref: int, work: Answer) -> None:
        if self._in_flight >= IN_FLIGHT_MOST:
            work.close()
            self._refuse(ref, "slow_down", {"retry_ms": 1_000})
            return
        self._in_flight += 1
        self._door.hub.spawn(self._answered(ref, work))

    async def _answered(self, ref: int, work: Answer) -> None:
        try:
            self._line.say(await work)
        except Refused as refused:
            self._refuse(ref, refused.code, refused.params)
        except Exception:
            self._door.hub.log.exception("live.command_failed", way="!")
            self._refuse(ref, "storage", {})
        finally:
            self._in_flight -= 1

    async def _admit(self, admit: Admit) -> None:
        try:
            await passes.burn(self._entry, self._door.burn)
            if self._door.hub.outlived(self._entry):
                raise PassRefused("expired")
            await self._door.hub.join(self._line, admit.hello, self.machine.admitted)
        except PassRefused:
            self._line.shut(codes.PASS_STALE)
        except Refused:
            self._line.shut(codes.OTHER_SESSION)
        except Exception:
            self._door.hub.log.exception("live.join_failed", way="!")
            self._line.shut(codes.TROUBLE)

    async def _submit(self, submit: Submit) -> protocol.ToClient:
        service, asking = self._door.hub.service, self._door.asking
        if asking is not None and isinstance(submit.command, AskQuestion) and submit.actor.role == "citizen":
            asking.take(self._address)
        done = await service.submit(submit.actor, self.machine.bearer.session, submit.command, submit.key)
        result: Any = done.result or msgspec.UNSET
        if done.result and isinstance(submit.command, AskQuestion):
            # Derived, not stored: the secret of the receipt is told to its owner and kept nowhere.
            result = {**done.result, "receipt": service.people.receipt(done.result["question"])}
        return protocol.Reply(at=self._now(), ref=submit.ref, seq=done.seq, result=result)

    async def _add(self, add: Add) -> protocol.ToClient:
        try:
            entry = self._door.passes.read(add.entry_pass, self._now())
            await passes.burn(entry, self._door.burn)
        except PassRefused:
            raise Refused("not_allowed") from None
        if self._door.hub.outlived(entry):
            raise Refused("not_allowed")
        gathering = self._door.hub.gathering(self.machine.bearer.session)
        if gathering is None or self.machine.state != "joined" or not self.machine.added(entry.bearer):
            raise Refused("not_allowed")
        gathering.added(self._line, entry.bearer)
        self._door.hub.noted(self._line)
        return protocol.Reply(at=self._now(), ref=add.ref, result={"participant": entry.bearer.participant})

    async def _media(self, media: Media) -> protocol.ToClient:
        if self._door.media is None:
            raise Refused("media", reason="media_lost")
        return await self._door.media.request(self._line, media.bearer, media.request)

    def _refuse(self, ref: int, code: str, params: dict[str, Any]) -> None:
        self._line.say(protocol.RefusedFrame(at=self._now(), ref=ref, code=code, params=dict(params)))

    def _now(self) -> int:
        return self._door.hub.clock.now()
