"""Which browsers want to be alerted while their page is closed; sealed, because whoever has their keys can disturb.

They end with the hearing, with a tap, and when their push service says that they are gone.
"""

import json
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import derive
from .store import Connection, alerts
from .store.tables import PushSubscription
from .webpush import Target, pack, unpack

#: Browsers of one participant; the oldest gives way.
BROWSERS_MOST = 3
NONCE_BYTES = 12


class Subscriptions:
    """Seals and opens them; every method works within a transaction of the caller's.

    Arguments:
        masters: the keys of the key file, the one in force first; the others still open what they sealed.
    """

    def __init__(self, masters: Sequence[bytes]) -> None:
        self._ciphers = [AESGCM(derive(master, "push subscription")) for master in masters]

    def add(self, conn: Connection, session_id: str, participant: str, to: Target, language: str, now: int) -> None:
        """Remember a browser, once."""
        others = []
        for row in alerts.of_participant(conn, session_id, participant):
            if self.opened(row) == to:
                alerts.drop(conn, row.id)
            else:
                others.append(row)
        for row in others[: max(0, len(others) - BROWSERS_MOST + 1)]:
            alerts.drop(conn, row.id)
        alerts.add(conn, self._sealed(session_id, participant, to, language, now))

    def drop(self, conn: Connection, session_id: str, participant: str, endpoint: str = "") -> None:
        """Forget a browser, or with no endpoint all of a participant's."""
        for row in alerts.of_participant(conn, session_id, participant):
            to = self.opened(row)
            if not endpoint or to is None or to.endpoint == endpoint:
                alerts.drop(conn, row.id)

    def opened(self, row: PushSubscription) -> Target | None:
        """Where the browser is; None where no key of the file opens it."""
        for cipher in self._ciphers:
            try:
                words = cipher.decrypt(row.sealed[:NONCE_BYTES], row.sealed[NONCE_BYTES:], _place(row.id))
            except InvalidTag:
                continue
            endpoint, p256dh, auth = json.loads(words)
            return Target(endpoint, unpack(p256dh), unpack(auth))
        return None

    def _sealed(self, session_id: str, participant: str, to: Target, language: str, now: int) -> PushSubscription:
        id, nonce = secrets.token_hex(8), secrets.token_bytes(NONCE_BYTES)
        words = json.dumps([to.endpoint, pack(to.p256dh), pack(to.auth)]).encode()
        sealed = nonce + self._ciphers[0].encrypt(nonce, words, _place(id))
        return PushSubscription(
            id=id, session_id=session_id, participant_id=participant, sealed=sealed, language=language, created_at=now
        )


def _place(id: str) -> bytes:
    return f"push_subscription/sealed/{id}".encode()
