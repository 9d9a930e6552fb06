"""Erasing a person: her key is destroyed, her words are removed, and the log of each session says which are gone.

What goes: what she said, her name, her phone, her key, the thread to her browser, and where she wanted to be alerted.
What stays: the number, the topic, the place's code and what was decided, because a public hearing is answered for; and
what offices wrote, which is theirs. Every chain still verifies. A backup from before still holds all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rooms.base import SYSTEM, Refused
from rooms.erasing import CONTENTS_MAX, ContentErased, EraseContent, erase
from rooms.session import encode_event

from .audit import record
from .live import Announced, Recorded, tag_of
from .notices.contacts import of_person
from .people import People
from .store import Connection, alerts, content, event_log, notices, sessions
from .store import people as rows

if TYPE_CHECKING:
    from .service import Service


def take_away(conn: Connection, people: People, event: ContentErased, now: int) -> None:
    """What an erasure does to the tables, in the transaction of its event."""
    content.erase(conn, event.contents, now)
    row = rows.participant(conn, event.participant)
    if row is not None:
        if row.person_id is not None:
            rows.destroy_key(conn, row.person_id, now)
            notices.drop_contact(conn, of_person(row.person_id))
        alerts.drop_participant(conn, row.session_id, row.id)
        rows.forget_participant(conn, row.id)
    people.drop(event.participant)


def after_the_end(
    conn: Connection, people: People, head: event_log.Head, now: int, commands: Sequence[EraseContent]
) -> list[Announced]:
    """In a session that is over nothing stands against an erasure, and it is not loaded for it."""
    if not commands:
        return []
    events = [erase(command) for command in commands]
    entries = [(now, tag_of(event), encode_event(event)) for event in events]
    logged = event_log.chain(head, entries)
    event_log.append(conn, logged)
    for event in events:
        take_away(conn, people, event, now)
    records = [Recorded(row.seq, now, event, row.body) for event, row in zip(events, logged, strict=True)]
    return [Announced(head.session_id, head.epoch, logged[0].seq, records, {})]


def heard(people: People, announced: Announced) -> None:
    """Another worker erased somebody: this one keeps no copy of her key either."""
    for each in announced.events:
        if isinstance(each.event, ContentErased):
            people.drop(each.event.participant)


async def erase_person(
    service: Service, session_id: str, participant: str, *, reference: str, account: str | None, reason: str = ""
) -> list[str]:
    """Erase the person behind a participant, everywhere she took part; returns the sessions.

    Arguments:
        reference: the number by which she was found, for the audit.
        account: who does it at her wish; None when she does it herself.

    Errors: `Refused` with `turn_live` while she has a turn, or with what is wrong with the reason.
    """
    places = await service.read(_places, session_id, participant)
    open_now = set(await service.read(sessions.unfinished))
    for place, who in places:
        if place not in open_now:
            continue
        turn = (await service.live(place)).session.stage.turn_of(who)
        if turn is not None and turn.state != "parked":
            raise Refused("turn_live")

    def note(conn: Connection, now: int) -> None:
        record(conn, now, action="person.erase", subject=reference, reason=reason, account=account, session=session_id)

    await asyncio.to_thread(_note, service, note)
    await _remove(service, places)
    return [place for place, _ in places]


async def erase_outside(service: Service, person: str, *, reference: str, account: str, reason: str) -> None:
    """Erase somebody who took part in no hearing: her ticket came by another door, and no log has to say so."""

    def remove(conn: Connection, now: int) -> None:
        record(conn, now, action="person.erase", subject=reference, reason=reason, account=account)
        content.erase(conn, [each.id for each in content.of_person(conn, person)], now)
        rows.destroy_key(conn, person, now)

    await asyncio.to_thread(_note, service, remove)
    await asyncio.to_thread(service.store.settle)


async def resume(service: Service) -> None:
    """Finish what a crash interrupted: persons without a key of whom words are still there."""
    places = await service.read(content.left_over)
    if places:
        await _remove(service, places)


async def _remove(service: Service, places: Sequence[tuple[str, str]]) -> None:
    # What she wrote on her complaints stands in no hearing. It goes first: a crash after it is found and finished.
    await asyncio.to_thread(_note, service, lambda conn, now: _remove_outside(conn, now, places))
    for session_id, participant in places:
        # The person of now: what she says once this is done is hers again, under another key.
        person = (await service.read(rows.persons_of, [participant])).get(participant)
        ids = await service.read(_said, session_id, person)
        done = False
        while not done:
            some = tuple(ids[:CONTENTS_MAX])
            await service.submit(SYSTEM, session_id, EraseContent(participant=participant, contents=some))
            # What she sent from another page meanwhile goes as well, and what was too much for one command.
            ids = await service.read(_said, session_id, person)
            done = not ids
    await asyncio.to_thread(service.store.settle)


def _note(service: Service, note: Callable[[Connection, int], None]) -> None:
    store = service.store
    with store.write() as conn:
        note(conn, store.now(conn))


def _places(conn: Connection, session_id: str, participant: str) -> list[tuple[str, str]]:
    """Every (session, participant) that this person is; her present one in any case."""
    person = rows.persons_of(conn, [participant]).get(participant)
    found = [(each.session_id, each.id) for each in rows.of_person(conn, person)] if person else []
    return found or [(session_id, participant)]


def _remove_outside(conn: Connection, now: int, places: Sequence[tuple[str, str]]) -> None:
    persons = rows.persons_of(conn, [participant for _, participant in places])
    for person in {each for each in persons.values() if each}:
        content.erase(conn, [each.id for each in content.of_person(conn, person) if each.session_id is None], now)


def _said(conn: Connection, session_id: str, person: str | None) -> list[str]:
    return [each.id for each in content.of_person(conn, person) if each.session_id == session_id] if person else []
