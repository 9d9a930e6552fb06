"""What every page needs, in one place: the application, the renderer, who is visiting, the district.

Pages get it from the request and import none of these parts' makers; `web/app.py` alone puts them together.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kachehri.alerts import Alerts
from kachehri.allowance import Asking
from kachehri.house_settings import HouseSettings, Place
from kachehri.i18n import Words
from kachehri.identity import Identity
from kachehri.invited import Invited
from kachehri.inviting import Invitations
from kachehri.notices.service import Notices
from kachehri.papers.press import Press
from kachehri.papers.studio import Studio
from kachehri.service import Service
from kachehri.settings import Settings
from rooms.base import Actor, Command
from signaling.passes import Bearer, Passes
from web.broadcasting import Broadcasting
from web.consenting import Consenting
from web.crowds import Crowds
from web.doors import Doors
from web.logins import bearer_of
from web.program_desk import ProgramDesk
from web.render import Renderer
from web.topics import Districts
from web.visitors import Visitor, Visitors

T = TypeVar("T")


@dataclass(frozen=True)
class House:
    """The parts of one HTTP process."""

    settings: Settings
    service: Service
    renderer: Renderer
    visitors: Visitors
    districts: Districts
    passes: Passes
    masters: tuple[bytes, ...]
    identity: Identity
    invitations: Invitations
    invited: Invited
    asking: Asking
    alerts: Alerts
    notices: Notices
    own: HouseSettings
    crowds: Crowds
    press: Press
    studio: Studio
    consenting: Consenting
    doors: Doors
    #: The program of live sessions; None where no program is made.
    broadcasting: Broadcasting | None = None
    program: ProgramDesk | None = None

    @property
    def place(self) -> Place:
        """What the office says of itself, as it is now."""
        return self.own.place

    @property
    def origins(self) -> frozenset[str]:
        return self.renderer.site.origins

    def words(self, request: Request) -> Words:
        return self.renderer.words(request)

    def now(self) -> int:
        """The present, in milliseconds since the epoch; what is recorded uses the database's clock instead."""
        return time.time_ns() // 1_000_000

    def show(
        self, request: Request, template: str, page: object, *, status: int = 200, indexed: bool = False
    ) -> Response:
        """A page, with the browser's cookie if it is new."""
        response = self.renderer.show(request, template, page, status=status, indexed=indexed)
        return self.visitors.keep(response, self.visitors.of(request))

    async def write(self, work: Callable[..., T], *args: Any) -> T:
        """Run a small write that is no command (a try counted, a login ended) in a thread, in a transaction of its own.

        Arguments:
            work: gets the connection, the database's time in milliseconds, then `args`.
        """

        def run() -> T:
            store = self.service.store
            with store.write() as conn:
                return work(conn, store.now(conn), *args)

        return await asyncio.to_thread(run)

    async def staff_bearer(self, request: Request, session_id: str) -> Bearer | None:
        """The signed-in account as a participant of a session; None where it has no role."""
        return await bearer_of(self.identity, session_id, request)

    async def submit_as(self, request: Request, visitor: Visitor, session_id: str, command: Command, key: str) -> str:
        """Give a citizen's command over HTTP; returns the question it made, if any."""
        participant = visitor.participant(session_id)
        await self.visitors.join(
            participant, session_id, "citizen", device=visitor.device, language=self.words(request).language.code
        )
        accepted = await self.service.submit(Actor(participant, "citizen"), session_id, command, key)
        return (accepted.result or {}).get("question", "")


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


def see(path: str) -> Response:
    """After a form: 303 See Other, so that a reload asks for the page and never posts again (RFC 9110 §15.4.4)."""
    return RedirectResponse(path, status_code=303)
