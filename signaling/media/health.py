"""How a speaker's line is doing, in one word. Pure: times are passed in, in seconds of a monotonic clock.

`weak`: she is understood, with effort. `bad`: offer to read her question out. `gone`: nothing comes at all. A worse
word is said when two looks running agree, a better one only after a while, so that nobody at the desk reads a flicker.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Grade = Literal["good", "weak", "bad", "gone"]

ORDER: tuple[Grade, ...] = ("good", "weak", "bad", "gone")

#: From these on a line is weak, and from these bad: loss as a fraction (Opus hides 3 % and repairs about 10 %), round
#: trip in ms (ITU-T G.114: a conversation suffers from 150 ms each way), jitter in ms.
WEAK_LOSS, BAD_LOSS = 0.03, 0.12
WEAK_RTT, BAD_RTT = 400.0, 1_000.0
WEAK_JITTER, BAD_JITTER = 60.0, 150.0
#: Seconds without anything at all: bad, and gone. Pauses in speech are not meant; connectivity checks go on in them.
BAD_SILENCE_S, GONE_SILENCE_S = 2.0, 5.0
#: A line that takes no more than this beside the voice, in kbit/s, takes no picture either.
WEAK_KBPS = 32.0
#: Looks that must agree before the word gets worse, and seconds before it gets better.
LOOKS, BETTER_S = 2, 6.0


class Reading(NamedTuple):
    """One look at a line. `limit_kbps` is what it was seen to take beside the voice, `silent_s` how long nothing has
    come; None: not known."""

    loss: float = 0.0
    rtt_ms: float | None = None
    jitter_ms: float = 0.0
    limit_kbps: float | None = None
    silent_s: float = 0.0


def grade_now(reading: Reading) -> Grade:
    """The word for one look by itself: the worst of its figures."""
    if reading.silent_s >= GONE_SILENCE_S:
        return "gone"
    rtt = reading.rtt_ms or 0.0
    limit = reading.limit_kbps
    if (
        reading.loss >= BAD_LOSS
        or rtt >= BAD_RTT
        or reading.jitter_ms >= BAD_JITTER
        or reading.silent_s >= BAD_SILENCE_S
    ):
        return "bad"
    if (
        reading.loss >= WEAK_LOSS
        or rtt >= WEAK_RTT
        or reading.jitter_ms >= WEAK_JITTER
        or (limit is not None and limit < WEAK_KBPS)
    ):
        return "weak"
    return "good"


class Health:
    """The word that is shown for one speaker, from look to look."""

    __slots__ = ("_better_since", "_worse", "grade")

    def __init__(self) -> None:
        self.grade: Grade = "good"
        self._worse: list[Grade] = []
        self._better_since: float | None = None

    def look(self, reading: Reading, now: float) -> Grade:
        """Takes one look into account. `gone` is said at once: it has lasted for seconds by itself."""
        seen, shown = ORDER.index(grade_now(reading)), ORDER.index(self.grade)
        if seen > shown:
            self._better_since = None
            self._worse.append(ORDER[seen])
            if seen == len(ORDER) - 1 or len(self._worse) >= LOOKS:
                self.grade = min(self._worse, key=ORDER.index) if seen < len(ORDER) - 1 else "gone"
                self._worse.clear()
            return self.grade
        self._worse.clear()
        if seen == shown:
            self._better_since = None
        elif self.grade == "gone":
            self.grade = ORDER[max(seen, 1)]  # she is back; whether well, the next looks tell
            self._better_since = now
        elif self._better_since is None:
            self._better_since = now
        elif now - self._better_since >= BETTER_S:
            self.grade, self._better_since = ORDER[shown - 1], now
        return self.grade
