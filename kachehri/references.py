"""Hands out reference numbers to the writer: taken from the year's counter in the transaction that uses them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from .store import Connection, district
from .tickets.reference import References as Cipher


class References:
    """The numbers that the next commands may use. Belongs to the writer's thread.

    Arguments:
        key: the secret of the installation, from which the order of the numbers follows.
        timezone: decides when a day and a year begin; another one counts from `keep_time` on.
    """

    def __init__(self, key: bytes, timezone: str) -> None:
        self._cipher = Cipher(key)
        self.keep_time(timezone)
        self._ready: list[str] = []

    def keep_time(self, timezone: str) -> None:
        """The house counts its days elsewhere from now on. May be called from any thread."""
        self.zone = ZoneInfo(timezone)

    def refill(self, conn: Connection, now: int, wanted: int) -> None:
        """Take as many numbers as a group of commands may need."""
        missing = wanted - len(self._ready)
        if missing > 0:
            year = datetime.fromtimestamp(now / 1000, UTC).astimezone(self.zone).year % 100
            numbers = district.take_numbers(conn, year, missing)
            self._ready[:0] = [self._cipher.draw(year, number) for number in reversed(numbers)]

    def draw(self) -> str:
        """The next number."""
        return self._ready.pop()

    def forget(self) -> None:
        """The transaction was undone, and the counter with it."""
        self._ready.clear()
