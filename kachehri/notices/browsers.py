"""Notices to a browser whose page is closed (kachehri/webpush.py), neutral like all others.

`honours_key`: the key is the notification's tag, and a browser shows one notification for each tag, however often its
service delivers it (Notifications API, "tag"); the service itself keeps one message for each topic (RFC 8030 §5.4).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

from kachehri.i18n import LANGUAGES
from kachehri.push_post import Post, Unreachable
from kachehri.webpush import Signer, seal, target

from .doubt import Said
from .gateway import Receipt, Refused, Sent, Uncertain
from .wording import Message

#: How long a service keeps one for a phone that is away, in seconds.
KEPT_S = 3 * 24 * 3600


class PushGateway:
    """Sends to any browser's service."""

    honours_key = True
    price = 0

    def __init__(self, master: bytes, post: Post, contact: Callable[[], str]) -> None:
        self._signer, self._post, self._contact = Signer(master), post, contact

    async def send(self, to: str, message: Message, key: str) -> Sent:
        """One notification; `to` is what a contact keeps of a browser."""
        known = target(*json.loads(to))
        if known is None:
            raise Refused("gone")
        shown = {
            "title": message.subject,
            "body": message.text,
            "path": message.link,
            "tag": f"k-{key}",
            "lang": message.language,
            "dir": LANGUAGES[message.language].direction,
            "called": False,
        }
        headers = {
            "Authorization": self._signer.authorization(known.endpoint, int(time.time()), self._contact()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S),
            "Urgency": "normal",
            "Topic": key,
        }
        body = seal(json.dumps(shown, ensure_ascii=False).encode(), known)
        try:
            status = await self._post.send(known.endpoint, headers, body)
        except Unreachable as error:
            if error.code == "unsafe":
                raise Refused("address") from None
            raise Uncertain("timeout" if error.code == "timeout" else "cut") from None
        if status in (404, 410):
            raise Refused("gone")
        if status == 429 or status >= 500:
            raise Refused("refused", again=True)
        if not 200 <= status < 300:
            raise Refused("refused")
        return Sent()

    async def status(self, key: str, provider_id: str) -> Said:
        """Services do not say."""
        return "silent"

    def parse_receipt(self, fields: Mapping[str, str]) -> Receipt | None:
        """Nor later."""
        return None
