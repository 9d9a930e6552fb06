"""How the state of a screen is brought about: a hearing, a question, a ticket, and what goes wrong with each."""

from __future__ import annotations

import time
from collections.abc import Callable

from kachehri.service import Service
from kachehri.store import StoreError
from rooms.attendance import BlockParticipant, RemoveParticipant
from rooms.base import Actor, Command
from rooms.lifecycle import CancelSession, CloseSession
from rooms.limits import OPEN_QUESTIONS_MAX
from rooms.outcomes import NoteOutcome
from rooms.questions import (
    AdmitQuestion,
    ConfirmRefusal,
    MergeQuestion,
    WithdrawQuestion,
)
from rooms.turns import CallTurn
from tests.offline import offline
from tests.web.state_matrix_scene import SECOND, TEXT, Make, Scene


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
    at = time.monotonic()  # a share comes back with time, and may not while they are asked
    scene.patch.setattr(scene.town.house.asking._devices, "_clock", lambda: at)
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
        await offline(scene.page.context)
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
    await offline(scene.page.context)
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
