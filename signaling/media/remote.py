"""The media plane as a worker sees it across the socket: same requests, same refusals, same reports.

When the process goes or does not answer, every request under way is refused with `media_lost`, every session is
reported `Lost` at once, and the connection is sought again; `Ready` then says that sessions have to be opened and seats
pushed anew. A process of an earlier lease than one that was met already is not spoken to.
"""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

from signaling.media import frames
from signaling.media.port import (
    Codec,
    Direction,
    EchoAction,
    Heard,
    Lost,
    MediaRefused,
    MediaStats,
    NetworkClass,
    Offer,
    Ready,
    Report,
    Reports,
)

#: Seconds between attempts to reach the process: at first, and at most.
RETRY_S, RETRY_MAX_S = 0.05, 0.25
#: A process that does not greet within so many seconds hangs.
GREETING_S = 2.0
#: A request unanswered for this long is given up, in seconds.
ANSWER_S = 10.0


class RemotePlane:
    """`port.MediaPlane` over a Unix socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._followers: list[Reports] = []
        self._sessions: set[str] = set()
        self._waiting: dict[int, asyncio.Future[frames.Done]] = {}
        self._ids = itertools.count(1)
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        #: Of the process that greeted last.
        self._instance, self._fence = "", 0

    def start(self) -> None:
        """Seeks the process from now on; `Ready` tells when it is found."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def follow(self, reports: Reports) -> None:
        self._followers.append(reports)

    def _tell(self, report: Report) -> None:
        for follower in self._followers:
            follower(report)

    # --- the connection

    async def _run(self) -> None:
        delay = RETRY_S
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self._path, limit=2 * frames.MAX_FRAME)
            except OSError:
                await asyncio.sleep(delay)
                delay = min(RETRY_MAX_S, 2 * delay)
                continue
            hangs = asyncio.get_running_loop().call_later(GREETING_S, writer.transport.abort)
            try:
                if await self._is_greeted(reader):
                    hangs.cancel()
                    delay, self._writer = RETRY_S, writer
                    self._tell(Ready(self._instance, self._fence))
                    await self._listen(reader)
            finally:
                hangs.cancel()
                self._writer = None
                writer.close()
                self._lose()
            await asyncio.sleep(delay)
            delay = min(RETRY_MAX_S, 2 * delay)

    async def _is_greeted(self, reader: asyncio.StreamReader) -> bool:
        """Whether this is a process to speak to: alive, and not one that was replaced."""
        data = await frames.read_frame(reader)
        said = None if data is None else frames.read_said(data)
        if not isinstance(said, frames.Told) or not isinstance(said.report, Ready):
            return False
        if said.report.fence < self._fence:
            return False
        self._instance, self._fence = said.report.instance, said.report.fence
        return True

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while (data := await frames.read_frame(reader)) is not None:
            said = frames.read_said(data)
            if isinstance(said, frames.Told):
                self._tell(said.report)
                continue
            waiting = self._waiting.pop(said.id, None)
            if waiting is None or waiting.done():
                continue
            if isinstance(said, frames.Done):
                waiting.set_result(said)
            else:
                waiting.set_exception(MediaRefused(said.code))

    def _lose(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(MediaRefused("media_lost"))
        sessions, self._sessions = self._sessions, set()
        for session in sorted(sessions):
            self._tell(Lost(session))

    async def _call(self, kind: type[frames.AnyCall], **given: Any) -> frames.Done:
        writer = self._writer
        if writer is None:
            raise MediaRefused("media_lost")
        number = next(self._ids)
        data = frames.frame(kind(id=number, **given))
        if len(data) > frames.MAX_FRAME:
            raise MediaRefused("media_answer_too_long")
        future: asyncio.Future[frames.Done] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        writer.write(data)
        try:
            return await asyncio.wait_for(future, ANSWER_S)
        except TimeoutError:
            writer.transport.abort()  # it hangs: with the connection everything is lost, and sought again
            raise MediaRefused("media_lost") from None
        finally:
            self._waiting.pop(number, None)

    # --- requests

    async def open(self, session: str, fence: int, seats: tuple[str, ...], codec: Codec = "vp8") -> None:
        await self._call(frames.Open, session=session, fence=fence, seats=tuple(seats), codec=codec)
        self._sessions.add(session)

    async def offer(
        self,
        session: str,
        participant: str,
        direction: Direction,
        seats: tuple[str, ...] | None = None,
        network: NetworkClass = "unknown",
        most: int | None = None,
    ) -> Offer:
        done = await self._call(
            frames.MakeOffer,
            session=session,
            participant=participant,
            direction=direction,
            seats=seats,
            network=network,
            most=most,
        )
        assert done.offer is not None
        return done.offer

    async def answer(self, session: str, participant: str, peer: str, sdp: str) -> None:
        await self._call(frames.Answer, session=session, participant=participant, peer=peer, sdp=sdp)

    async def publish_for(self, session: str, participant: str, sdp: str) -> Offer:
        done = await self._call(frames.PublishFor, session=session, participant=participant, sdp=sdp)
        assert done.offer is not None
        return done.offer

    async def program_for(self, session: str, participant: str, sdp: str) -> Offer:
        done = await self._call(frames.ProgramFor, session=session, participant=participant, sdp=sdp)
        assert done.offer is not None
        return done.offer

    async def leave(self, session: str, participant: str, peer: str | None = None) -> None:
        await self._call(frames.Leave, session=session, participant=participant, peer=peer)

    async def seat(self, session: str, fence: int, seat: str, participant: str | None, seq: int) -> None:
        await self._call(frames.Seat, session=session, fence=fence, seat=seat, participant=participant, seq=seq)

    async def mute(self, session: str, fence: int, seat: str, muted: bool, seq: int) -> None:
        await self._call(frames.Mute, session=session, fence=fence, seat=seat, muted=muted, seq=seq)

    async def floor(self, session: str, fence: int, seat: str | None, seq: int) -> None:
        await self._call(frames.Floor, session=session, fence=fence, seat=seat, seq=seq)

    async def private(
        self, session: str, fence: int, moderator: str, participant: str | None, talks: bool = False
    ) -> None:
        await self._call(
            frames.Private, session=session, fence=fence, moderator=moderator, participant=participant, talks=talks
        )

    async def echo(self, session: str, participant: str, action: EchoAction) -> Heard | None:
        return (await self._call(frames.Echo, session=session, participant=participant, action=action)).heard

    async def close(self, session: str, fence: int) -> None:
        await self._call(frames.Close, session=session, fence=fence)
        self._sessions.discard(session)

    async def stats(self, session: str) -> MediaStats:
        done = await self._call(frames.Stats, session=session)
        assert done.stats is not None
        return done.stats
