"""The post office of one process: which ways out the settings open, and the dispatcher that uses them."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time

from kachehri import calendars
from kachehri.house_settings import Place
from kachehri.people import People
from kachehri.push_post import Post
from kachehri.settings import Settings
from kachehri.store import Connection, Store
from kachehri.vault import Vault

from . import receipts
from .browsers import PushGateway
from .contacts import Contacts
from .dispatcher import Dispatcher
from .email import SmtpEmail
from .gateway import Gateway
from .hooks import HookGateway, Hooks
from .office import PostOffice
from .sms import HttpSms
from .table import Channel
from .timing import HOUR_MS, Hours
from .wire import Wire


class Notices:
    """What pages and the composition root see of this package.

    Arguments:
        place: what the house says of itself, as it is now.
        near: programs and push services may be on this machine; for tests.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        people: People,
        masters: Sequence[bytes],
        place: Callable[[], Place],
        *,
        near: bool = False,
    ) -> None:
        self.on = settings.notices.send == "on"
        self.currency = settings.notices.currency
        self.contacts = Contacts(vault, people)
        wire = Wire(trusted=False, near=near)
        self.hooks = Hooks(vault, wire)
        gateways: dict[Channel, Gateway] = {
            "push": PushGateway(masters[-1], Post(near=near), lambda: place().address),
            "hook": HookGateway(store, self.hooks, wire),
        }
        if settings.sms.url:
            gateways["sms"] = HttpSms(settings.sms)
        if settings.email.host:
            gateways["email"] = SmtpEmail(settings.email)
        secret = settings.sms.receipt_secret_file
        self._receipt_secret = secret.read_text().strip() if secret else ""
        self.office = PostOffice(
            self.contacts,
            gateways,
            place,
            masters[-1],
            Hours(settings.notices.opens, settings.notices.closes),
            time.fromisoformat(settings.notices.digest),
            settings.notices.stale_h * HOUR_MS,
            _works,
        )
        self.dispatcher = Dispatcher(store, self.office)

    def start(self) -> None:
        """Begin to send, where the settings say so; else everything stays where it is."""
        if self.on:
            self.dispatcher.start()

    async def close(self) -> None:
        """End."""
        await self.dispatcher.close()

    @property
    def ways(self) -> tuple[Channel, ...]:
        """The ways out that are open."""
        return tuple(self.office.gateways) if self.on else ()

    def knows(self, secret: str) -> bool:
        """Whether this is the secret in the address of receipts."""
        return bool(self._receipt_secret) and hmac.compare_digest(secret.encode(), self._receipt_secret.encode())

    def take_receipt(self, conn: Connection, now: int, fields: Mapping[str, str]) -> bool:
        """Write down what a gateway says of a message; False where it says nothing, or of none that we know."""
        gateway = self.office.gateways.get("sms")
        receipt = gateway.parse_receipt(fields) if gateway is not None else None
        return receipt is not None and receipts.take(conn, receipt, now)


def _works(conn: Connection, day: date) -> bool:
    return calendars.current(conn).days().works(day)
