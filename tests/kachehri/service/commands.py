"""Who gives commands to the service, with which keys, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kachehri.service import Service
from kachehri.store import event_log
from rooms.base import Actor, Command, Refused
from rooms.questions import AskQuestion
from tests.bench.house import MODERATORS, SESSION, citizen

DESK, SECOND = MODERATORS
CLERK = Actor("e" * 16, "clerk", "account-clerk")


def key(number: int, what: str = "key") -> str:
    return f"{what}-{number:024d}"


def ask(text: str = "The tap is dry.", **more: Any) -> AskQuestion:
    return AskQuestion(text=text, **more)


async def asked(service: Service, count: int, first: int = 0) -> list[str]:
    """That many people ask one question each, at the same time; returns the questions."""
    done = await asyncio.gather(
        *(service.submit(citizen(each), SESSION, ask(f"{each}: no water"), key(each)) for each in range(first, count))
    )
    return [(each.result or {})["question"] for each in done]


async def refused(service: Service, actor: Actor, command: Command, with_key: str = key(999)) -> str:
    with pytest.raises(Refused) as caught:
        await service.submit(actor, SESSION, command, with_key)
    return caught.value.code


def log_of(service: Service) -> list[event_log.Logged]:
    with service.store.read() as conn:
        event_log.verify(conn, SESSION)
        return event_log.after(conn, SESSION, 0)
