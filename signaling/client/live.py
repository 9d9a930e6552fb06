"""One connection that stays: it keeps the view by merge patches, repeats commands under their keys, and resumes."""

from __future__ import annotations

import asyncio
import random
import secrets
import ssl
from collections.abc import Callable
from typing import Any, Self

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from signaling.patch import merge
from signaling.protocol import PASS_PREFIX, SUBPROTOCOL

from .entrance import Entrance, NoEntry

#: Pauses before coming back, in seconds: this long at first, doubling up to the most, each multiplied by 0 to 1.
PAUSE_S, PAUSE_MOST_S = 1.0, 15.0
#: Whoever is on stage or on deck comes back at this pace.
URGENT_S = 0.5
#: Statuses of /pass that will not change by asking again.
FINAL = frozenset({400, 401, 403, 404})


class RefusedError(Exception):
    """A lawful no."""

    def __init__(self, code: str, params: dict[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Ended(Exception):
    """The connection is over for good; `code` is the close code, or an HTTP status."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class LiveClient:
    """A participant's connection. Use it as `async with LiveClient(entrance) as client`.

    Arguments:
        audience: a lesser view than the role's own.
        stays: come back after a break.
    """

    def __init__(
        self,
        entrance: Entrance,
        *,
        audience: str | None = None,
        stays: bool = True,
        trust: ssl.SSLContext | None = None,
        compression: str | None = "deflate",
    ) -> None:
        self._entrance = entrance
        self._audience = audience
        self._stays = stays
        self._trust = trust
        self._compression = compression
        self.welcome: dict[str, Any] = {}
        self.view: dict[str, Any] = {}
        self.personals: dict[str, dict[str, Any]] = {}
        self.epoch = ""
        self.seq = 0
        self.urgent = False
        #: How often it has come in, and how often ticks or nothing brought it up to date.
        self.joins = self.resumes = 0
        self.ended: Ended | None = None
        self._ref = 0
        self._open: dict[int, tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]] = {}
        self._listeners: dict[str, list[Callable[[dict[str, Any]], None]]] = {}
        self._changed = asyncio.Condition()
        self._socket: ClientConnection | None = None
        self._inside = False
        self._task: asyncio.Task[None] | None = None

    @property
    def participant(self) -> str:
        """Who this is."""
        return str(self.welcome["participant"])

    @property
    def personal(self) -> dict[str, Any]:
        """The own frame of whoever opened the connection."""
        return self.personals.get(self.participant, {})

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._stay())
        try:
            await self.until(lambda: self.joins > 0 and self.participant in self.personals)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave."""
        self._stays = False
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def drop(self) -> None:
        """Lose the line, as a phone does: without a word. It comes back by itself."""
        if self._socket is not None:
            self._socket.transport.abort()

    def on(self, kind: str, listener: Callable[[dict[str, Any]], None]) -> None:
        """Be called with every frame of a type; "event" stands for each event within ticks and snapshots."""
        self._listeners.setdefault(kind, []).append(listener)

    async def until(self, condition: Callable[[], Any], timeout: float = 30.0) -> Any:
        """Wait until a condition on view, personals or anything else that frames change is met; returns its value.

        A member that is not there (`KeyError`, `IndexError`) means: not yet.
        """

        def met() -> Any:
            try:
                return condition() or self.ended
            except LookupError:
                return self.ended

        async with self._changed:
            found = await asyncio.wait_for(self._changed.wait_for(met), timeout)
        if found is self.ended and self.ended is not None:
            raise self.ended
        return found

    async def send(self, kind: str, key: str | None = None, /, **fields: Any) -> dict[str, Any]:
        """Give a command, or a request of connection.* or media.*, and wait for the answer.

        A command that a break swallowed is sent again under its key; a media request raises `RefusedError("lost")`.
        """
        self._ref += 1
        message: dict[str, Any] = {"type": kind, "ref": self._ref, **{k.rstrip("_"): v for k, v in fields.items()}}
        if not kind.startswith(("media.", "connection.")):
            message["key"] = key or secrets.token_urlsafe(16)
        while True:
            future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
            self._open[message["ref"]] = (message, future)
            if self.ended is not None:
                raise self.ended
            await self._say(message)
            try:
                return await future
            except RefusedError as refused:
                if refused.code != "slow_down":
                    raise
                await asyncio.sleep(refused.params["retry_ms"] / 1000)
            finally:
                self._open.pop(message["ref"], None)

    async def _say(self, message: dict[str, Any]) -> None:
        if self._socket is not None and self._inside:
            try:
                await self._socket.send(msgspec.json.encode(message).decode(), text=True)
            except ConnectionClosed:
                pass  # it is sent again after the next welcome

    async def _stay(self) -> None:
        tries = 0
        while self.ended is None:
            joined = self.joins
            code = await self._visit()
            if 4500 <= code <= 4599 or code in FINAL or not self._stays:
                await self._end(code)
                return
            tries = 0 if self.joins > joined else tries + 1
            longest = min(PAUSE_MOST_S, PAUSE_S * 2**tries)
            await asyncio.sleep(URGENT_S if self.urgent else 0.05 + random.random() * longest)

    async def _visit(self) -> int:
        """Come in once and stay until the line breaks; returns the close code."""
        try:
            entry_pass = await self._entrance.entry_pass()
        except NoEntry as no:
            return no.status
        except OSError:
            return 1006
        try:
            async with connect(
                self._entrance.url,
                origin=Origin(self._entrance.origin),
                subprotocols=[Subprotocol(SUBPROTOCOL), Subprotocol(PASS_PREFIX + entry_pass)],
                compression=self._compression,
                ssl=self._trust,
                proxy=None,
                max_size=None,
                ping_interval=None,
                close_timeout=2,
            ) as link:
                self._socket = link
                hello: dict[str, Any] = {"type": "hello", "versions": [1], "session": self._entrance.session}
                if self._audience is not None:
                    hello["audience"] = self._audience
                if self.epoch:
                    hello |= {"epoch": self.epoch, "since": self.seq}
                await link.send(msgspec.json.encode(hello).decode())
                async for data in link:
                    await self._hear(msgspec.json.decode(data))
                return link.close_code or 1006
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 1006
        except (OSError, InvalidHandshake, TimeoutError):
            return 1006
        finally:
            self._socket, self._inside = None, False
            self._lose_media()

    async def _hear(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self.welcome, self._inside = frame, True
                self.resumes += bool(frame.get("resumed"))
                self.joins += 1
                for message, _ in list(self._open.values()):
                    await self._say(message)
            case "snapshot":
                self.view, self.seq, self.epoch = frame["view"], frame["seq"], frame["epoch"]
                self._tell("event", *frame.get("missed", ()))
            case "tick":
                self.view, self.seq = merge(self.view, frame.get("patch", {})), frame["seq"]
                self._tell("event", *frame.get("events", ()))
            case "personal":
                self.personals[frame["participant"]] = frame["view"]
            case "refused":
                self._answer(frame, RefusedError(frame["code"], frame.get("params", {})))
        if "ref" in frame and frame["type"] != "refused":
            self._answer(frame, None)
        self._tell(frame["type"], frame)
        async with self._changed:
            self._changed.notify_all()

    def _answer(self, frame: dict[str, Any], error: RefusedError | None) -> None:
        waiting = self._open.get(frame["ref"])
        if waiting is None or waiting[1].done():
            return
        if error is None:
            waiting[1].set_result(frame)
        else:
            waiting[1].set_exception(error)

    def _tell(self, kind: str, *what: dict[str, Any]) -> None:
        for listener in self._listeners.get(kind, ()):
            for each in what:
                listener(each)

    def _lose_media(self) -> None:
        for message, future in self._open.values():
            if "key" not in message and not future.done():
                future.set_exception(RefusedError("lost", {}))

    async def _end(self, code: int) -> None:
        self.ended = Ended(code)
        for _, future in self._open.values():
            if not future.done():
                future.set_exception(self.ended)
        async with self._changed:
            self._changed.notify_all()
