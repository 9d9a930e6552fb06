"""Short messages through any gateway that is spoken to over HTTP: what it wants is written in the settings.

A template names {to}, {text}, {key}, {sender}, {user} and {secret}; each value is put in as its place demands: encoded
in an address or a form (WHATWG URL §5), escaped in JSON. The secret comes from a file and is in no message of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from kachehri.settings.tree import Sms

from .doubt import Said
from .gateway import Receipt, Refused, Sent, Uncertain
from .wire import Answer, Wire
from .wording import Message

_PLACE: Final = re.compile(r"\{(to|text|key|sender|user|secret|id)\}")
#: SMPP 3.4 §5.2.28, and what gateways make of it.
STATES: Final[dict[str, Said]] = {
    "delivrd": "delivered",
    "delivered": "delivered",
    "expired": "failed",
    "deleted": "failed",
    "undeliv": "failed",
    "undelivered": "failed",
    "rejectd": "failed",
    "rejected": "failed",
    "failed": "failed",
    "acceptd": "sent",
    "accepted": "sent",
    "enroute": "sent",
    "sent": "sent",
    "queued": "sent",
    "notfound": "none",
    "none": "none",
}
ID_MOST: Final = 100


class HttpSms:
    """Speaks to one gateway."""

    def __init__(self, settings: Sms, *, timeout_s: float | None = None) -> None:
        self.sms = settings
        self.honours_key = self.sms.honours_key == "yes"
        self.price = self.sms.price
        self._wire = Wire(trusted=True, timeout_s=timeout_s or float(self.sms.timeout_s))
        self._secret = self.sms.secret_file.read_text().strip() if self.sms.secret_file else ""
        self._taken = re.compile(self.sms.taken) if self.sms.taken else None

    async def send(self, to: str, message: Message, key: str) -> Sent:
        """One message. An answer of 4xx says that nothing was taken; 5xx may come from anything behind it."""
        text = message.text
        answer = await self._ask(self.sms.url, self.sms.body, {"to": to, "text": text, "key": key})
        if answer.status in (408, 409, 425) or answer.status >= 500:
            raise Uncertain("fault")
        if not 200 <= answer.status < 300:
            raise Refused("refused", again=answer.status == 429)
        if self._taken is None:
            return Sent()
        found = self._taken.search(answer.body)
        if found is None:
            raise Refused("refused")
        return Sent((found.group(1) if self._taken.groups else "")[:ID_MOST])

    async def status(self, key: str, provider_id: str) -> Said:
        """What the gateway says when it is asked; anything that we cannot read says nothing."""
        if not self.sms.status_url:
            return "silent"
        try:
            answer = await self._ask(self.sms.status_url, "", {"key": key, "id": provider_id})
        except (Refused, Uncertain):
            return "silent"
        if answer.status == 404:
            return "none"
        if not 200 <= answer.status < 300:
            return "silent"
        words = re.findall(r"[a-z]+", answer.body.lower())
        return next((STATES[word] for word in words if word in STATES), "silent")

    def parse_receipt(self, fields: Mapping[str, str]) -> Receipt | None:
        """Names of fields differ from gateway to gateway, so the settings say which are ours to read."""
        key = fields.get(self.sms.receipt_key, "")[:ID_MOST]
        id = fields.get(self.sms.receipt_id, "")[:ID_MOST]
        said = STATES.get(fields.get(self.sms.receipt_state, "").strip().lower())
        return Receipt(key, id, said) if said is not None and (key or id) else None

    async def _ask(self, url: str, body: str, values: Mapping[str, str]) -> Answer:
        own = {"sender": self.sms.sender, "user": self.sms.user, "secret": self._secret}
        every = {**own, **values}
        headers: dict[str, str] = {}
        sent = b""
        if body:
            as_json = body.lstrip().startswith(("{", "["))
            headers["Content-Type"] = "application/json" if as_json else "application/x-www-form-urlencoded"
            sent = fill(body, every, _in_json if as_json else _in_address).encode()
        if self.sms.authorization:
            headers["Authorization"] = fill(self.sms.authorization, every, str)
        return await self._wire.exchange("POST" if body else "GET", fill(url, every, _in_address), headers, sent)


def fill(template: str, values: Mapping[str, str], put: Callable[[str], str]) -> str:
    """A template with its places filled; braces of JSON are left alone."""
    return _PLACE.sub(lambda found: put(values.get(found.group(1), "")), template)


def _in_address(value: str) -> str:
    return quote(value, safe="")


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]
