"""Every screen of a citizen in every state that it can be met in: how to bring it about, what it must say and offer.

The table is data; test_state_matrix.py walks it in both languages. The screens of a hearing that is on are in
state_matrix_live.py. A state that cannot occur on a screen stands in NEVER with its reason, so that there is no hole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.async_api import Page

from kachehri.people import participant_id
from kachehri.service import Service
from kachehri.store import StoreError
from rooms.attendance import BlockParticipant, RemoveParticipant
from rooms.base import Actor, Command
from rooms.lifecycle import AdjournSession, CancelSession, CloseSession, PostponeSession
from rooms.limits import OPEN_QUESTIONS_MAX
from rooms.outcomes import NoteOutcome
from rooms.questions import (
    AdmitQuestion,
    ConfirmRefusal,
    DeferQuestion,
    HoldQuestion,
    MergeQuestion,
    NotTakeQuestion,
    RefuseQuestion,
    WithdrawQuestion,
)
from rooms.turns import CallTurn
from tests.web.town import Phone, Town

TEXT: Final = "چک 57 میں پانی نہیں آ رہا"
SECOND: Final = Actor("00000000000000fe", "moderator", "acc2")
#: The states of the matrix that every screen is asked about.
STATES: Final = (
    "loading",
    "empty",
    "offline",
    "reconnecting",
    "mic denied",
    "full",
    "ended",
    "banned",
    "server error",
)


@dataclass
class Scene:
    """One cell as it is brought about: a town, a phone without scripts, and for some a browser's page."""

    town: Town
    phone: Phone
    language: str
    patch: pytest.MonkeyPatch
    page: Page | None = None
    session: str = ""
    question: str = ""
    receipt: str = ""

    async def hearing(self, *, live: bool = True) -> str:
        self.session = await self.town.schedule(live=live)
        return f"/s/{self.session}"

    async def asked(self, text: str = TEXT, **fields: str) -> str:
        """A question of this phone; its receipt."""
        self.receipt = await self.phone.ask(self.session, text, **fields)
        self.question = str(self.town.service.people.question_of(self.receipt.removeprefix("/q/")))
        return self.receipt

    async def desk(self, command: Command) -> None:
        await self.town.moderate(self.session, command)

    async def closed(self, command: Command | None = None) -> None:
        await self.desk(command or CloseSession())
        live = await self.town.service.live(self.session)
        for _ in range(1_000):
            if live.session.phase in ("closed", "cancelled"):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it does not close")

    async def me(self) -> str:
        """This phone's participant."""
        await self.phone.get(f"/s/{self.session}")
        device = self.town.house.identity.device(self.phone.client.cookies["k_device"])
        return participant_id(self.session, f"device/{device}")

    def broken(self, error: Exception) -> None:
        """From now on nothing can be read from the database."""

        async def read(*_: object) -> None:
            raise error

        self.patch.setattr(Service, "read", read)


Make = Callable[[Scene], Awaitable[str]]


@dataclass(frozen=True)
class Cell:
    """One cell.

    make: brings it about and returns the path to look at; for a browser's cell it leaves the page there and returns "".
    says: message keys; their gaps may hold anything. offers: pieces of the page's source, with {session} and {receipt}.
    lacks: what must not stand there. fresh: needs a town in which nothing has happened yet.
    """

    screen: str
    state: str
    make: Make
    says: tuple[str, ...]
    offers: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    status: int = 200
    browser: bool = False
    fresh: bool = False

    def __str__(self) -> str:
        return f"{self.screen}-{self.state}".replace(" ", "-")


ASK, JOIN, LIVE = 'href="/s/{session}/ask"', 'action="/s/{session}/join"', 'href="/s/{session}/live"'
TRACK, HOME, CALL = 'href="/track"', 'href="/"', 'href="tel:1991"'
FOUND_AGAIN = ('href="{receipt}"',)


def hearing(command: Command | None = None, *, live: bool = True, path: str = "") -> Make:
    """A hearing in which I have asked, brought into a phase."""

    async def make(scene: Scene) -> str:
        start = await scene.hearing(live=live)
        await scene.asked()
        if isinstance(command, (CloseSession, CancelSession)):
            await scene.closed(command)
        elif command is not None:
            await scene.desk(command)
        return start + path

    return make


def barred(command: type[RemoveParticipant] | type[BlockParticipant], path: str = "") -> Make:
    async def make(scene: Scene) -> str:
        start = await scene.hearing()
        await scene.desk(command(participant=await scene.me(), reason="abuse"))
        return start + path

    return make


def mine(*steps: Callable[[Scene], Command], close: bool = False, **fields: str) -> Make:
    """My question after some acts of the desk, and after the close."""

    async def make(scene: Scene) -> str:
        await scene.hearing()
        await scene.asked(**fields)
        for step in steps:
            command = step(scene)
            actor = SECOND if isinstance(command, ConfirmRefusal) else None
            if isinstance(command, WithdrawQuestion):
                live = await scene.town.service.live(scene.session)
                actor = Actor(live.session.queue.questions[scene.question].asker, "citizen")
            if actor is None:
                await scene.desk(command)
            else:
                await scene.town.service.submit(actor, scene.session, command, "k" * 22)
        if close:
            await scene.closed()
        return scene.receipt

    return make


async def joined(scene: Scene) -> str:
    await scene.hearing()
    neighbour = scene.town.phone(scene.language)
    receipt = await neighbour.ask(scene.session, TEXT)
    parent = str(scene.town.service.people.question_of(receipt.removeprefix("/q/")))
    await scene.asked("ہماری گلی میں بھی")
    await scene.desk(MergeQuestion(question=scene.question, into=parent))
    await scene.closed()
    return scene.receipt


def admit(scene: Scene) -> Command:
    return AdmitQuestion(question=scene.question)


def call(scene: Scene) -> Command:
    return CallTurn(question=scene.question)


def decided(outcome: str, **more: str) -> Callable[[Scene], Command]:
    return lambda scene: NoteOutcome(question=scene.question, outcome=outcome, **more)  # type: ignore[arg-type]


def fails(path: str, error: Exception) -> Make:
    async def make(scene: Scene) -> str:
        start = await scene.hearing() if "{" in path else ""
        if path == "{receipt}":
            await scene.asked()
        scene.broken(error)
        return path.format(start=start, receipt=scene.receipt)

    return make


async def at_home(scene: Scene) -> str:
    await hearing()(scene)
    return "/"


async def nothing(_: Scene) -> str:
    return "/"


async def nothing_of_mine(_: Scene) -> str:
    return "/track"


async def no_ticket(_: Scene) -> str:
    return "/t/2600000009"


async def on_this_phone(scene: Scene) -> str:
    await scene.hearing()
    await scene.asked()
    return "/track"


async def wrong_number(scene: Scene) -> str:
    await scene.phone.get("/track")
    await scene.phone.post("/track", reference="26-0000-0009", digits="0000")
    return ""


async def mistyped(scene: Scene) -> str:
    await scene.phone.get("/track")
    await scene.phone.post("/track", reference="26-0000-0003", digits="0000")
    return ""


async def mistyped_address(_: Scene) -> str:
    return "/t/2600000003"


async def too_many_tries(scene: Scene) -> str:
    for _ in range(scene.town.settings.limits.track_tries_per_hour + 1):
        await scene.phone.get("/track")
        await scene.phone.post("/track", reference="26-0002-1114", digits="0000")
    return ""


async def full_house(scene: Scene) -> str:
    start = await scene.hearing()
    scene.patch.setattr("signaling.hub.Hub.connections", property(lambda _: 10**9))
    return start


async def sent_too_late(scene: Scene) -> str:
    path = f"{await scene.hearing()}/ask"
    await scene.phone.get(path)
    await scene.phone.post(path, category="water_none", group="water", text=TEXT)
    carried = scene.phone.fields(path)
    await scene.closed()
    await scene.phone.post(path, **{**carried, "step": "send"})
    return ""


async def too_many_open(scene: Scene) -> str:
    path = f"{await scene.hearing()}/ask"
    scene.patch.setattr("kachehri.allowance.Allowance.take", lambda *_: None)
    for number in range(OPEN_QUESTIONS_MAX + 1):
        await scene.phone.get(path)
        await scene.phone.post(path, category="water_none", text=f"{TEXT} {number}")
        await scene.phone.post(path, **{**scene.phone.fields(path), "step": "send"})
    return ""


async def too_fast(scene: Scene) -> str:
    path = f"{await scene.hearing()}/ask"
    for number in range(scene.town.settings.limits.questions_per_minute_device + 1):
        await scene.phone.get(path)
        await scene.phone.post(path, category="water_none", text=f"{TEXT} {number}")
        await scene.phone.post(path, **{**scene.phone.fields(path), "step": "send"})
    return ""


async def cannot_write(scene: Scene) -> str:
    path = f"{await scene.hearing()}/ask"
    await scene.phone.get(path)
    await scene.phone.post(path, category="water_none", text=TEXT)
    carried = scene.phone.fields(path)

    async def submit(*_: object) -> None:
        raise StoreError("busy")

    scene.patch.setattr(Service, "submit", submit)
    await scene.phone.post(path, **{**carried, "step": "send"})
    return ""


def without_a_line(path: str) -> Make:
    """A page that was open before, fetched again without a network."""

    async def make(scene: Scene) -> str:
        assert scene.page
        start = await scene.hearing()
        await scene.asked()
        cookies = [{"name": n, "value": v, "url": scene.town.url} for n, v in scene.phone.client.cookies.items() if v]
        await scene.page.context.add_cookies(cookies)  # type: ignore[arg-type]
        await scene.page.goto(f"{start}/live")
        await scene.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        target = path.format(start=start, receipt=scene.receipt)
        await scene.page.goto(target)
        await scene.page.context.set_offline(True)
        await scene.page.goto(target)
        return ""

    return make


async def sends_without_a_line(scene: Scene) -> str:
    assert scene.page
    await scene.page.goto(f"{await scene.hearing()}/ask")
    await scene.page.locator(".topics label").first.click()
    await scene.page.locator(".sub:visible .choice").first.click()
    await scene.page.locator("#text").fill(TEXT)
    await scene.page.locator("form[data-draft] button.btn-main").click()
    await scene.page.locator("form[data-send]").wait_for()
    await scene.page.context.set_offline(True)
    await scene.page.locator("button[value=send]").click()
    await scene.page.locator("#send-note:not([hidden])").wait_for()
    await scene.page.wait_for_function(
        "() => { const f = document.querySelector('[data-send]');"
        " return document.querySelector('#send-note').textContent === f.dataset.msgWaiting; }"
    )
    return ""


async def erased(scene: Scene) -> str:
    await mine(close=True)(scene)
    await scene.phone.get(f"{scene.receipt}/mine")
    await scene.phone.post(f"{scene.receipt}/erase", sure="1")
    return scene.receipt


async def after_the_end(scene: Scene) -> str:
    await scene.hearing()
    await scene.closed()
    return "/"


async def public_page(scene: Scene) -> str:
    await scene.hearing()
    await scene.asked()
    await scene.closed()
    live = await scene.town.service.live(scene.session)
    return f"/t/{live.session.queue.questions[scene.question].reference}"


async def proposed(scene: Scene) -> str:
    await mine(admit, decided("answered"), close=True)(scene)
    live = await scene.town.service.live(scene.session)
    return f"/t/{live.session.queue.questions[scene.question].reference}"


CELLS: Final[tuple[Cell, ...]] = (
    # The first page.
    Cell(
        "home",
        "loading",
        at_home,
        ("home.live", "home.mine"),
        (LIVE, ASK, *FOUND_AGAIN, "<time datetime="),
        fresh=True,
    ),
    Cell("home", "empty", nothing, ("home.empty", "home.empty_more"), ('href="/hearings.ics"', TRACK), fresh=True),
    Cell("home", "offline", without_a_line("/"), ("home.live", "home.mine"), ("data-saved",), browser=True, fresh=True),
    Cell("home", "ended", after_the_end, ("home.past", "phase.closed"), ('href="/s/{session}"',), fresh=True),
    Cell("home", "server error", fails("/", RuntimeError("oh")), ("error.500", "error.500_more"), (HOME,), status=500),
    Cell("home", "database_busy", fails("/", StoreError("busy")), ("error.503", "error.503_more"), (HOME,), status=503),
    # The lobby.
    Cell("lobby", "loading", hearing(live=False), ("session.who", "lobby.wait", "consent"), (ASK, JOIN)),
    Cell("lobby", "live", hearing(), ("lobby.join", "lobby.follow", "live.not_recorded"), (ASK, JOIN, "/check")),
    Cell("lobby", "empty", hearing(live=False), ("order.title", "order.arrival"), ('href="/how"',)),
    Cell("lobby", "offline", without_a_line("{start}"), ("offline.title",), (), browser=True),
    Cell("lobby", "full", full_house, ("lobby.full",), (ASK, JOIN), lacks=('value="picture"',)),
    Cell("lobby", "ended", hearing(CloseSession()), ("ended", "balance.title"), (TRACK, *FOUND_AGAIN), lacks=(JOIN,)),
    Cell(
        "lobby",
        "postponed",
        hearing(PostponeSession(reason="holiday"), live=False),
        ("postponed.kept", "phase_reason.holiday", "lobby.new_date"),
        (ASK, *FOUND_AGAIN),
    ),
    Cell(
        "lobby",
        "cancelled",
        hearing(CancelSession(reason="no_need"), live=False),
        ("cancelled.kept", "phase_reason.no_need"),
        FOUND_AGAIN,
        lacks=(JOIN,),
    ),
    Cell(
        "lobby",
        "adjourned",
        hearing(AdjournSession(reason="prayer")),
        ("adjourned.kept", "phase_reason.prayer"),
        (JOIN, *FOUND_AGAIN),
    ),
    Cell(
        "lobby",
        "banned",
        barred(BlockParticipant),
        ("lobby.blocked", "lobby.barred_reason", "object.open"),
        (JOIN, CALL, 'action="/s/{session}/object"'),
        lacks=(ASK,),
    ),
    Cell(
        "lobby",
        "removed",
        barred(RemoveParticipant),
        ("lobby.removed", "lobby.barred_reason", "object.open"),
        (CALL, 'action="/s/{session}/object"'),
        lacks=(ASK, JOIN),
    ),
    Cell("lobby", "server error", fails("{start}", RuntimeError("oh")), ("error.500", "error.500_more"), status=500),
    # Asking.
    Cell("ask", "loading", hearing(path="/ask"), ("ask.about", "ask.spoken", "ask.no_id", "ask.phone_why")),
    Cell("ask", "offline", sends_without_a_line, ("send.waiting", "send.now"), ('value="send"',), browser=True),
    Cell(
        "ask",
        "ended",
        sent_too_late,
        ("ask.closed", "ask.closed_kept"),
        (CALL, TRACK, TEXT),
        status=409,
    ),
    Cell("ask", "banned", barred(BlockParticipant, "/ask"), ("refused.barred",), (HOME,), status=403),
    Cell("ask", "full", too_many_open, ("refused.question_limit",), (TEXT, 'id="send"'), status=409),
    Cell("ask", "too_fast", too_fast, ("ask.slow",), (TEXT, 'id="send"'), status=429),
    Cell("ask", "server error", cannot_write, ("refused.storage",), (TEXT, 'value="check"'), status=503),
    # My question, from its arrival to its end.
    Cell("receipt", "loading", mine(), ("next_is.new", "q.checking", "receipt.carry"), (LIVE, "/withdraw", "/slip")),
    Cell("receipt", "in_line", mine(admit), ("next_is.admitted", "q.in_line", "q.by_arrival"), ("check", LIVE)),
    Cell("receipt", "called", mine(admit, call), ("next_is.called", "state.next"), ('href="/s/{session}/next"',)),
    Cell("receipt", "spoken", mine(spoken="1", text=""), ("receipt.spoken",), (LIVE,)),
    Cell(
        "receipt",
        "held",
        mine(lambda s: HoldQuestion(question=s.question, reason="check_facts")),
        ("state.held", "why.check_facts"),
        ("/withdraw",),
    ),
    Cell(
        "receipt",
        "written",
        mine(admit, lambda s: DeferQuestion(question=s.question, reason="needs_file")),
        ("state.written", "why.needs_file", "next_is.written"),
    ),
    Cell("receipt", "ended", mine(admit, close=True), ("q.unheard", "ticket.state.routed"), ("/slip",), ("/live",)),
    Cell(
        "receipt",
        "not_taken",
        mine(lambda s: NotTakeQuestion(question=s.question, reason="no_time"), close=True),
        ("state.not_taken", "why.no_time"),
    ),
    Cell("receipt", "follower", joined, ("state.merged", "q.merged"), ("/slip",)),
    Cell(
        "receipt",
        "answered",
        mine(admit, decided("answered"), close=True),
        ("outcome_own.answered", "own.lead.resolution_proposed", "now.judge"),
        ("{receipt}/do/yes", "{receipt}/do/no"),
    ),
    Cell(
        "receipt",
        "ordered",
        mine(admit, decided("ordered", office="water", due="2027-03-01", note="نیا پمپ لگے گا"), close=True),
        ("promise.title", "promise.until"),
        ("نیا پمپ لگے گا", "2027"),
    ),
    Cell("receipt", "referred", mine(admit, decided("referred", office="water")), ("outcome_own.title",), ("office",)),
    Cell(
        "receipt",
        "refused_by_rule",
        mine(admit, decided("refused", rule="Land Revenue Act 1967")),
        ("outcome_own.refused", "outcome_own.object"),
        ("Land Revenue Act 1967", CALL),
    ),
    Cell(
        "receipt",
        "refused",
        mine(
            lambda s: RefuseQuestion(question=s.question, reason="abuse"), lambda s: ConfirmRefusal(question=s.question)
        ),
        ("state.refused", "why.abuse", "next_is.refused"),
        (CALL,),
    ),
    Cell(
        "receipt",
        "withdrawn",
        mine(lambda s: WithdrawQuestion(question=s.question)),
        ("state.withdrawn", "next_is.withdrawn"),
        lacks=("/withdraw",),
    ),
    Cell("receipt", "erased", erased, ("receipt.erased", "ticket.state.routed"), ("ref-n",), (TEXT,)),
    Cell("receipt", "offline", without_a_line("{receipt}"), ("receipt.way",), ("data-saved", "ref-n"), browser=True),
    Cell("receipt", "server error", fails("{receipt}", StoreError("io")), ("error.503", "error.503_more"), status=503),
    # Following.
    Cell("track", "loading", on_this_phone, ("track.mine", "track.either"), FOUND_AGAIN, fresh=True),
    Cell("track", "empty", nothing_of_mine, ("track.mine_empty", "track.no_phone"), ('action="/track"',)),
    Cell("track", "wrong", wrong_number, ("track.wrong",), ('action="/track"',), status=404),
    Cell("track", "mistyped", mistyped, ("form.errors",), ('action="/track"', "<mark>"), status=422),
    Cell("track", "mistyped_address", mistyped_address, ("form.errors",), ('action="/track"', "<mark>"), status=404),
    Cell("track", "too_many", too_many_tries, ("track.tries",), (CALL,), status=429),
    Cell("track", "offline", without_a_line("/track"), ("offline.title",), browser=True),
    Cell("track", "ended", public_page, ("ticket.title", "ticket.office", "open.how", "follow.open"), (TRACK,)),
    Cell("track", "unconfirmed", proposed, ("own.lead.proposed_other",), (TRACK,)),
    Cell("track", "unknown", no_ticket, ("error.404", "error.404_more"), (HOME,), status=404),
    Cell("track", "server error", fails("/track", StoreError("io")), ("error.503", "error.503_more"), status=503),
)


#: What cannot be met on a screen, and why.
NEVER: Final[dict[tuple[str, str], str]] = {
    **{
        (screen, "reconnecting"): "it has no live line of its own, or is silent about it"
        for screen in ("home", "lobby", "ask", "receipt", "track")
    },
    **{(screen, "mic denied"): "nobody speaks here" for screen in ("home", "lobby", "ask", "receipt", "track")},
    ("home", "full"): "a page is no live line",
    ("home", "banned"): "somebody is barred from one hearing, not from the house",
    ("ask", "empty"): "there is always “something else” to choose",
    ("receipt", "empty"): "a receipt has its question",
    ("receipt", "full"): "a page is no live line",
    ("receipt", "banned"): "whoever is barred keeps her questions and their answers",
    ("track", "full"): "a page is no live line",
    ("track", "banned"): "whoever is barred keeps her questions and their answers",
}
