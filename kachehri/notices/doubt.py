"""What becomes of a message, step by step; and what is done where nobody knows. Pure.

Rule 1: nothing is sent again while it may have arrived, unless the gateway knows our key and sends each key once.
Rule 2: who was told "delivered" by the gateway is told; nothing that comes later takes that back.
Rule 3: what stays unknown is put before a person.
"""

from typing import Final, Literal, NamedTuple

from .timing import HOUR_MS, MINUTE_MS

State = Literal["waiting", "sending", "sent", "delivered", "failed", "unknown"]
#: What a gateway says of a message when it is asked, or by itself later. "none": it never got it.
Said = Literal["delivered", "sent", "failed", "none", "silent"]
#: How long a message stays in doubt before the next step.
DOUBT_MS: Final = 30 * MINUTE_MS
#: How often a message with a key that is known there is sent before a person is asked.
TRIES_MOST: Final = 6
#: After an answer that nothing was taken: when to try again, the last one ever after.
BACKOFF_MS: Final = (MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS)
#: The retries that Standard Webhooks proposes, each after the one before.
HOOK_MS: Final = (5_000, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS)


class Next(NamedTuple):
    """What follows. `again`: send now under the same key; `at`: look again then; neither: a person decides."""

    state: State
    again: bool = False
    at: int | None = None


def after_doubt(now: int, sent_at: int, tries: int, said: Said, *, honours_key: bool) -> Next:
    """A message of which nobody knows whether it left.

    Arguments:
        sent_at: when it was sent last.
        said: what the gateway says of it now; "silent" where it cannot be asked or does not know.
        honours_key: the gateway sends a message with one key once, however often it gets it.
    """
    match said:
        case "delivered" | "sent" | "failed":
            return Next(said)
    if not honours_key:
        # A receipt may still come and settle it. After that nobody but a person can.
        return Next("unknown", at=sent_at + DOUBT_MS if now < sent_at + DOUBT_MS else None)
    if tries >= TRIES_MOST:
        return Next("unknown")
    if now < sent_at + DOUBT_MS:
        return Next("unknown", at=sent_at + DOUBT_MS)
    return Next("sending", again=True)


def after_refusal(now: int, tries: int, *, again: bool, channel: str) -> Next:
    """The other side certainly has not taken it.

    Arguments:
        again: it may be tried later: nothing answered, or it said so.
    """
    if not again:
        return Next("failed")
    steps = HOOK_MS if channel == "hook" else BACKOFF_MS
    if channel == "hook" and tries > len(steps):
        return Next("failed")
    return Next("waiting", at=now + steps[min(tries, len(steps)) - 1])


def after_receipt(state: State, said: Said) -> State:
    """What a receipt changes. It may come before our own note of sending, late, twice, and in any order."""
    if state == "delivered" or said in ("none", "silent"):
        return state
    if said == "delivered":
        return "delivered"
    if said == "failed":
        return "failed"
    return state if state in ("failed", "sent") else "sent"
