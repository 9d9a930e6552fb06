"""What the parts of this package share: the ways out that are open, the house's hours, and whose keys are whose."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from hashlib import sha256
from zoneinfo import ZoneInfo

from kachehri.house_settings import Place
from kachehri.keys import derive
from kachehri.store import Connection

from .contacts import Contacts
from .gateway import Gateway
from .table import Channel
from .timing import HOUR_MS, Hours

#: Saturday and Sunday, where no calendar says otherwise.
WEEKEND = (5, 6)


@dataclass(frozen=True)
class PostOffice:
    """Everything that sending needs.

    Arguments:
        gateways: the ways out that are open; a channel without one does not exist.
        master: the oldest key of the key file, so that names of recipients outlive a change of keys.
        working: whether a day is a working day, asked in a transaction.
    """

    contacts: Contacts
    gateways: Mapping[Channel, Gateway]
    place: Callable[[], Place]
    master: bytes
    hours: Hours = Hours()
    digest: time = time(8, 30)
    stale_ms: int = 72 * HOUR_MS
    working: Callable[[Connection, date], bool] = field(default=lambda _, day: day.weekday() not in WEEKEND)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.place().timezone)

    def recipient(self, target: str) -> bytes:
        """The keyed hash under which somebody is known to the table of messages."""
        return hmac.digest(derive(self.master, "notice recipients"), target.encode(), sha256)[:16]

    def key(self, outbox_id: str, channel: str, recipient: bytes, round: int) -> str:
        """What a gateway knows a message by: the same however often it is handed over, another for another message.

        Arguments:
            round: how often somebody said that it shall go out once more although it may have arrived.
        """
        words = f"{outbox_id}\n{channel}\n{recipient.hex()}" + (f"\n{round}" if round else "")
        return hmac.digest(derive(self.master, "notice keys"), words.encode(), sha256)[:16].hex()
