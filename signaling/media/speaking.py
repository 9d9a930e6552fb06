"""Who is speaking, from the audio levels that browsers write into every packet (RFC 6464). Pure: time is passed in.

A cough rings no bell and a pause for breath ends no sentence: a voice counts after two loud looks running and for a
moment after it has fallen silent. What changes is told at most four times a second.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Seconds between two looks.
LOOK_S = 0.125
#: Levels in -dBov, 0 (loud) to 127 (silence): a voice begins above the first and goes on above the second. Speech into
#: a phone lies around 20 to 40, a fan or a street around 55 to 70.
BEGINS, GOES_ON = 50, 60
#: Loud looks running until it is a voice, and seconds for which a pause still belongs to it.
LOOKS, PAUSE_S = 2, 0.8
#: Least seconds between two changes that are told.
TOLD_S = 0.25


class _Voice:
    __slots__ = ("loud", "since")

    def __init__(self) -> None:
        self.loud = 0
        #: When it was last above the lower level, while it counts as a voice.
        self.since: float | None = None


class Speaking:
    """The voices of one stage."""

    def __init__(self) -> None:
        self._voices: dict[str, _Voice] = {}
        self._told_at = float("-inf")
        #: The seats that were told last, in the order of the stage.
        self.told: tuple[str, ...] = ()

    def look(self, levels: Mapping[str, int | None], now: float) -> tuple[str, ...] | None:
        """The seats that speak, when that has changed and may be told; else None.

        Arguments:
            levels: for each seat that may be heard, in their order, the loudest level since the last look; None when
                nothing came. Who is not named is not heard.
            now: seconds of a clock that never runs backwards.
        """
        self._voices = {seat: self._voices.get(seat) or _Voice() for seat in levels}
        for seat, level in levels.items():
            self._weigh(self._voices[seat], 127 if level is None else level, now)
        speak = tuple(seat for seat, voice in self._voices.items() if voice.since is not None)
        if speak == self.told or now - self._told_at < TOLD_S:
            return None
        self.told, self._told_at = speak, now
        return speak

    @staticmethod
    def _weigh(voice: _Voice, level: int, now: float) -> None:
        voice.loud = voice.loud + 1 if level <= BEGINS else 0
        if voice.loud >= LOOKS or (voice.since is not None and level <= GOES_ON):
            voice.since = now
        elif voice.since is not None and now - voice.since > PAUSE_S:
            voice.since = None
