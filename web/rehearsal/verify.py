"""Looks at the outcome of a closed hearing as a stranger would: through the live protocol, the pages, and the packets.

Nothing is read from the server's database or logs, and nobody of the cast is believed: what a citizen says that she
asked is compared with what the pages say to anyone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kachehri.tickets.reference import grouped
from signaling.client import LiveClient
from web.rehearsal.browser import Browser, Page
from web.rehearsal.citizen import Citizen
from web.rehearsal.hearing import Hearing
from web.rehearsal.on_air import ENOUGH_S, OnAir, replayed
from web.rehearsal.watching import Stranger

LEAST_RAISED, LEAST_CITIZENS = 20, 30
LEAST_AUDIO, LEAST_FRAMES = 500, 100
FIGURES = re.compile(r'<dl class="figures">(.*?)</dl>', re.DOTALL)
FIGURE = re.compile(r"<dd>\D*(\d+)\D*</dd>")
NAMES = ("raised", "tickets", "followers", "withdrawn", "refused")


@dataclass
class Outcome:
    """What was found. `problems` are sentences; without any, everything holds."""

    raised: int = 0
    tickets: int = 0
    followers: int = 0
    withdrawn: int = 0
    refused: int = 0
    balanced: bool = False
    seats: int = 0
    heard: int = 0
    audio_packets: int = 0
    video_frames_decoded: int = 0
    reconnected: int = 0
    program_seconds: float = 0.0
    chapters: int = 0
    citizens: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def need(self, holds: object, sentence: str) -> None:
        if not holds:
            self.problems.append(sentence)

    def line(self) -> dict[str, Any]:
        """For the JSON line; problems are left out where there are none."""
        found = asdict(self)
        if not self.problems:
            del found["problems"]
        return found


async def verify(hearing: Hearing, stranger: Stranger, heard: Sequence[OnAir]) -> Outcome:
    """Everything that a stranger can find out, compared with everything that the cast knows.

    Arguments:
        heard: what each way of the live page offered while the hearing was live.
    """
    found = Outcome()
    _stage(found, hearing, stranger)
    await _balance(found, hearing, stranger)
    await _pages(found, hearing)
    await _program(found, hearing, heard)
    return found


def _stage(found: Outcome, hearing: Hearing, stranger: Stranger) -> None:
    found.citizens = len({each.client.participant for each in hearing.citizens})
    found.need(found.citizens >= LEAST_CITIZENS, f"only {found.citizens} citizens took part")
    found.audio_packets, found.video_frames_decoded = stranger.audio_packets, stranger.video_frames
    found.need(found.audio_packets > LEAST_AUDIO, f"only {found.audio_packets} packets of sound arrived")
    found.need(found.video_frames_decoded > LEAST_FRAMES, f"only {found.video_frames_decoded} pictures were decoded")
    found.seats = stranger.seats_heard
    found.heard = sum(turn.heard for turn in stranger.turns.values())
    wanted = len(hearing.script.called)
    found.need(found.heard == wanted, f"{found.heard} of {wanted} people were heard on the stage")
    returned = [each for each in hearing.citizens if each.reconnected and each.asked]
    again = {turn.question for turn in stranger.turns.values() if turn.broke and turn.heard_again}
    found.reconnected = sum(each.asked is not None and each.asked.question in again for each in returned)
    found.need(found.reconnected == 1, "nobody lost her line and was heard again from the same seat")


async def _balance(found: Outcome, hearing: Hearing, stranger: Stranger) -> None:
    """The same five numbers in the followed view, in a fresh snapshot, and on the page in both languages."""
    followed = _figures(stranger.client.view.get("balance"))
    browser = hearing.browser()
    async with LiveClient(browser, trust=browser.trust) as fresh:
        phase, reloaded = fresh.view["session"]["phase"], _figures(fresh.view.get("balance"))
    found.need(phase == "closed", f"the session is {phase}, not closed")
    found.need(followed == reloaded, f"who followed sees {followed}, who came later {reloaded}")
    for language in ("ur", "en"):
        page = await hearing.browser(language=language).get(f"/s/{hearing.founded.session}")
        shown = FIGURES.search(page.body.decode())
        numbers = [int(number) for number in FIGURE.findall(shown.group(1))] if shown else []
        found.need(numbers == list(reloaded.values()), f"the page ({language}) shows {numbers}, not {reloaded}")
    found.raised, found.tickets, found.followers, found.withdrawn, found.refused = reloaded.values()
    asked = sum(each.asked is not None for each in hearing.citizens)
    found.need(found.raised == asked, f"{asked} questions were asked, {found.raised} are in the balance")
    found.need(found.raised >= LEAST_RAISED, f"only {found.raised} questions were raised")
    found.need(found.followers == 1, f"{found.followers} followers, not 1")
    found.need(found.withdrawn == 1, f"{found.withdrawn} withdrawn, not 1")


async def _program(found: Outcome, hearing: Hearing, heard: Sequence[OnAir]) -> None:
    """The stage was to be followed by each way of the live page, and is to be read again after the close."""
    found.program_seconds = round(min((each.seconds for each in heard), default=0.0), 1)
    found.need(found.program_seconds >= ENOUGH_S, f"only {found.program_seconds} s of a program were offered")
    found.need(all(each.bytes for each in heard), "a way of the program leads to nothing")
    found.chapters = await replayed(hearing.browser())
    wanted = found.heard + 1  # what the official said first
    found.need(found.chapters >= wanted, f"the replay has {found.chapters} chapters, not {wanted}")


def _figures(balance: dict[str, int] | None) -> dict[str, int]:
    return {name: (balance or {}).get(name, 0) for name in NAMES}


async def _pages(found: Outcome, hearing: Hearing) -> None:
    """Each number leads to what the balance says of it, and no public page says whose it is."""
    anyone = hearing.browser(language="en")
    counted = dict.fromkeys(("tickets", "followers", "withdrawn"), 0)
    references = {each.part.key: each.asked.reference for each in hearing.citizens if each.part and each.asked}
    found.need(len(set(references.values())) == len(references), "two questions have the same number")
    for citizen in hearing.citizens:
        part, asked = citizen.part, citizen.asked
        if part is None or asked is None:
            continue
        number = grouped(asked.reference)
        page = await anyone.get(f"/t/{number}")
        hidden = part.private or part.withdraws
        found.need(page.status == (404 if hidden else 200), f"/t/{number} ({part.key}) answered {page.status}")
        if not hidden:
            found.need(number in page.words, f"/t/{number} does not show its number")
            leaks = [each for each in _personal(citizen) if each in page.words]
            found.need(not leaks, f"/t/{number} ({part.key}) shows who asked")
        if part.withdraws:
            counted["withdrawn"] += 1
        elif part.same_as:
            counted["followers"] += 1
            parent = grouped(references[part.same_as])
            found.need(parent in page.words, f"/t/{number} does not say that it follows {parent}")
        else:
            counted["tickets"] += 1
        receipt = await _receipt(anyone, citizen)
        found.need(receipt.path.startswith("/q/"), f"number and phone of {part.key} did not lead to her question")
        found.need(number in receipt.words, f"the receipt of {part.key} does not show {number}")
        found.need(not asked.receipt or receipt.path == asked.receipt, f"{part.key} has two receipts")
    balance = {name: getattr(found, name) for name in counted}
    found.need(counted == balance, f"the pages make {counted}, the balance {balance}")
    found.balanced = not found.problems and found.raised == sum(getattr(found, name) for name in NAMES[1:])
    found.need(found.balanced or found.problems, "the balance does not come out")


def _personal(citizen: Citizen) -> Iterable[str]:
    part = citizen.part
    return (part.name, part.phone, part.text) if part else ()


async def _receipt(anyone: Browser, citizen: Citizen) -> Page:
    """Her question's page, found as on a borrowed phone: by the number and the last four digits."""
    assert citizen.part is not None and citizen.asked is not None
    form = await anyone.get("/track")
    values = {"reference": grouped(citizen.asked.reference), "digits": citizen.part.phone[-4:]}
    return await anyone.send(form, form.form("reference"), values)
