"""A browser without a network, from one instant on."""

from __future__ import annotations

from typing import Final

from playwright.async_api import BrowserContext

#: The switch is answered before the browser's network process has turned it: until a request is refused, a page whose
#: socket was cut may be back at once, and what is sent may arrive.
REFUSED: Final = "async () => { while (await fetch('/healthz', {cache: 'no-store'}).then(() => true, () => false)); }"


async def offline(context: BrowserContext) -> None:
    """No page of this browser reaches anything any more, nor does what a service worker fetches for it."""
    await context.set_offline(True)
    for page in context.pages:
        await page.evaluate(REFUSED)
    for worker in context.service_workers:
        await worker.evaluate(REFUSED)
