"""The simulated official: sits down, is seen and heard, and stays until the end."""

from __future__ import annotations

from signaling.client import Ended, LiveClient, RefusedError
from web.rehearsal.browser import Browser
from web.rehearsal.citizen import Air, clip
from web.rehearsal.founding import Account

SEAT = "official-1"


class Official:
    """One official with camera and microphone."""

    def __init__(self, browser: Browser, account: Account) -> None:
        self.browser, self.account = browser, account
        self.client = LiveClient(browser, trust=browser.trust)
        self.air = Air(self.client, clip("officer"), picture=True)

    async def enter(self) -> None:
        await self.browser.sign_in(self.account.login, self.account.password)
        await self.client.__aenter__()

    async def sit(self) -> None:
        await self.client.send("seat.take", seat=SEAT)
        await self.air.begin()

    async def leave(self) -> None:
        try:
            await self.air.end()
        except (RefusedError, Ended):
            pass
        await self.client.close()
