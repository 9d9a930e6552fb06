"""What the program and the desk say to each other over the bus. Knows no codec, so that pages may read it."""

from __future__ import annotations

from typing import Final

import msgspec

#: What the program says, every two seconds; each topic is followed by the session.
STATUS_TOPIC: Final = "program.status."
#: The moderator's cut: a seat, or nothing to follow the floor again.
CUT_TOPIC: Final = "program.cut."
#: The dump key.
DUMP_TOPIC: Final = "program.dump."
STATUS_S: Final = 2.0


class Doing(msgspec.Struct, frozen=True, array_like=True):
    """What the program says of itself. `step` is of load.py's order; `late_ms` and `busy` of the last while; `cut` is
    the seat that a moderator chose, `withheld` how often something was dumped."""

    session: str
    epoch: int
    step: str
    late_ms: int
    busy: float
    faults: int
    slate: str
    parts: int
    cut: str = ""
    delay_ms: int = 0
    withheld: int = 0
