"""The dump key, pressed: what waits in the safety delay is thrown away, and with it the lines that were typed of it.

Lines that are held are dropped and those that were read a moment ago are taken off every page, by one event of the log.
"""

from __future__ import annotations

import time
from typing import Final

from starlette.requests import Request

from kachehri.store.tables import Account
from recordings.program.feed import DELAY_MS
from rooms.base import Refused
from rooms.captions import WithholdCaptions
from rooms.limits import CAPTION_REACH_MAX_MS
from web import forms
from web.house import House
from web.staff import submit_as

#: Before its hearing and after it no line is on a page.
_NO_LINES: Final = frozenset({"phase"})


async def dump(house: House, request: Request, account: Account, session: str) -> bool:
    """Whether the program says that it is done."""
    if house.program is None:
        return False
    asked = time.monotonic()
    heard = await house.program.dump(session)
    # Also where nobody answered in time: it may have been done, and whoever pressed wants these words unread.
    doing = house.program.doing(session)
    waited_ms = round(1_000 * (time.monotonic() - asked))
    # Lines since the first moment that was dumped, counted back from now.
    reach_ms = (doing.delay_ms if doing is not None else 0) + DELAY_MS + waited_ms
    command = WithholdCaptions(reach_ms=min(reach_ms, CAPTION_REACH_MAX_MS))
    try:
        await submit_as(house, request, account, session, command, forms.new_key())
    except Refused as refused:
        if refused.code not in _NO_LINES:
            raise
    return heard
