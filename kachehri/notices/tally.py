"""Numbers about messages, for kachehri/metrics.py: how many by which way, what became of them, and what they cost.

No recipient and no kind of news is in them: how many are told that something was refused is nobody's business who reads
graphs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from kachehri.metrics import Family, Sample, single
from kachehri.store.notices import Standing

from .gateway import Refused, Sent, Uncertain

#: What came back when a message was handed over; a receipt that comes later is not counted here.
OUTCOMES: Final = {Sent: "sent", Refused: "failed", Uncertain: "unknown"}


class Tally:
    """What this process has handed over."""

    def __init__(self) -> None:
        self._handed: Counter[tuple[str, str]] = Counter()
        self._cost: Counter[str] = Counter()

    def count(self, channel: str, result: Sent | Refused | Uncertain, cost: int) -> None:
        """One message was handed over.

        Arguments:
            cost: in hundredths of the house's currency; counted unless it was certainly not taken.
        """
        self._handed[channel, OUTCOMES[type(result)]] += 1
        if not isinstance(result, Refused):
            self._cost[channel] += cost

    def families(self) -> list[Family]:
        handed = tuple(
            Sample(number, {"channel": channel, "outcome": outcome})
            for (channel, outcome), number in sorted(self._handed.items())
        )
        cost = tuple(Sample(self._cost[channel] / 100, {"channel": channel}) for channel in sorted(self._cost))
        return [
            Family("messages_total", "counter", "Messages handed to a gateway, by what came back.", handed),
            Family("messages_cost_total", "counter", "What they cost, in the house's currency.", cost),
        ]


def standing(tasks: int, rows: Iterable[Standing]) -> list[Family]:
    """What lies there now, of all processes together.

    Arguments:
        tasks: news that nobody has begun to tell.
    """
    found = tuple(Sample(each.number, {"channel": each.channel, "state": each.state}) for each in rows)
    return [
        single("message_tasks", "gauge", "News that waits to be told.", tasks),
        Family("messages", "gauge", "Messages that wait, are on their way, or are in doubt.", found),
    ]
