"""Acts of the staff that they must answer for: who did what to whose matter, when, and why.

Written in the transaction of the act itself, so that neither stands without the other; the table refuses changes. The
reason is the actor's own words, cleaned and masked like everybody's: an audit must not keep what it guards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from moderation.masking import mask
from rooms.text import clean

from .ids import new_id
from .store import Connection
from .store import audit as rows
from .store.tables import Audit

Act = Literal[
    "phone.reveal",
    "id_number.reveal",
    "words.reveal",
    "person.read",
    "person.erase",
    "register.download",
    "minutes.download",
    "account.disable",
    "account.role",
    "invitation.create",
    "invitation.revoke",
    "equipment.key",
    "calendar.change",
    "ticket.handover",
    "ticket.call_back",
    "equipment.revoke",
    "api_key.make",
    "api_key.revoke",
    "words.release",
    "chapter.release",
    "chapter.keep",
    "chapter.hear",
    "recording.mark",
    "recording.unmark",
    "recording.hold",
    "recording.lift",
    "words.take_out",
    "words.give_back",
    "words.hide",
    "captions.take",
    "captions.undo",
    "message.arrived",
    "message.failed",
    "message.again",
    "post.write",
    "post.retire",
    "posting.holds",
    "posting.acting",
    "posting.away",
    "posting.end",
    "posting.undo",
    "routing.change",
    "routing.end",
    "routing.undo",
    "lists.change",
    "lists.retire",
    "program.dump",
    "program.cut",
    "hook.add",
    "hook.rotate",
    "hook.disable",
    "hook.enable",
    "hook.again",
]
ACTS: Final[tuple[str, ...]] = get_args(Act)
#: Acts that open or destroy what is personal: nobody does them without saying why.
REASONED: Final = frozenset(
    {"phone.reveal", "id_number.reveal", "words.reveal", "person.read", "person.erase", "ticket.call_back"}
)
REASON_MOST: Final = 300


def record(
    conn: Connection,
    now: int,
    *,
    action: Act,
    subject: str,
    reason: str = "",
    account: str | None = None,
    session: str | None = None,
    facts: Mapping[str, str] | None = None,
) -> str:
    """Write one act, in the transaction that does it; returns the id of its row.

    Arguments:
        subject: what it was done to: a reference, the id of a question, an account. Never a phone or a name.
        account: who did it; None for somebody who acts upon her own, with the receipt as her key.
        facts: further plain facts, such as how many rows were downloaded.

    Errors: `Refused` with `text_empty`, `text_too_long` or `text_unreadable` where a reason is needed or unfit.
    """
    words = clean(reason, REASON_MOST) if reason.strip() or (action in REASONED and account is not None) else ""
    id = new_id(now)
    rows.add(
        conn,
        Audit(
            id=id,
            at=now,
            account_id=account,
            action=action,
            session_id=session,
            subject=subject,
            reason=mask(words).text,
            body=dict(facts) if facts else None,
        ),
    )
    return id
