"""Which ways out the settings open; off, nothing is claimed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from kachehri.notices.service import Notices
from kachehri.notices.simulator import simulator
from kachehri.settings import Settings, SettingsError, from_mapping, rules
from kachehri.settings.tree import Email, Sms
from kachehri.settings.tree import Notices as Section
from tests.kachehri.notices.town import MASTER, PLACE, NoticeTown

pytestmark = pytest.mark.anyio


def opened(town: NoticeTown, **sections: object) -> Notices:
    settings = replace(Settings(), **sections)  # type: ignore[arg-type]
    return Notices(settings, town.store, town.vault, town.people, [MASTER], lambda: PLACE)


async def test_as_delivered_nothing_is_sent_and_the_rows_stay(town: NoticeTown) -> None:
    row = town.notify(town.ticket(town.person()), "ticket.routed")
    async with simulator() as gateway:
        notices = opened(town, sms=Sms(url=gateway.url))
        notices.start()
        await asyncio.sleep(0)
        await notices.close()
        assert gateway.asked == [] and notices.ways == ()
    assert town.task(row).state == "waiting" and town.task(row).attempts == 0


async def test_on_it_begins_by_itself_and_ends_when_told(town: NoticeTown) -> None:
    town.notify(town.ticket(town.person()), "ticket.proposed")
    async with simulator() as gateway:
        section = Section(send="on", opens=0, closes=0)
        notices = opened(
            town, sms=Sms(url=gateway.url), email=Email(host="127.0.0.1", sender="a@b.pk"), notices=section
        )
        assert set(notices.ways) == {"sms", "push", "email", "hook"}
        notices.start()
        async with asyncio.timeout(30):
            while not gateway.taken:
                await asyncio.sleep(0.01)
        await notices.close()
        await notices.close()


def test_receipts_have_no_door_without_a_secret(town: NoticeTown, tmp_path: Path) -> None:
    assert not opened(town).knows("")
    (tmp_path / "secret").write_text("0123456789abcdef\n")
    notices = opened(town, sms=Sms(receipt_secret_file=tmp_path / "secret"))
    assert notices.knows("0123456789abcdef") and not notices.knows("0123456789abcdeg") and not notices.knows("é")


@pytest.mark.parametrize(
    ("section", "values", "where"),
    [
        ("notices", {"digest": "half past eight"}, "notices.digest"),
        ("sms", {"url": "http://sms.example.pk/{to}"}, "sms.url"),
        ("sms", {"status_url": "ftp://sms.example.pk/{key}"}, "sms.status_url"),
        ("sms", {"taken": "("}, "sms.taken"),
        ("sms", {"secret_file": "nowhere"}, "sms.secret_file"),
        ("email", {"host": "mail.example.pk", "sender": "nobody"}, "email.sender"),
        ("email", {"host": "mail.example.pk", "sender": "a@b.pk", "security": "none"}, "email.security"),
    ],
)
def test_settings_that_cannot_work(section: str, values: dict[str, object], where: str) -> None:
    with pytest.raises(SettingsError) as raised:
        from_mapping({section: values})
    assert [problem.path for problem in raised.value.problems] == [where]


def test_sending_without_any_gateway_is_worth_a_word() -> None:
    assert any("sms.url" in each for each in rules.warnings(from_mapping({"notices": {"send": "on"}})))
