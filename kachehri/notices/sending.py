"""What is written before and after a message leaves. Every function works within a transaction of its caller's.

Rule 1: the row of a message says "sending" before a byte leaves, so that whoever comes after a crash knows that nobody
knows. Rule 2: only whoever holds the task's claim begins anything; what came back is written down whoever it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, cast

import msgspec

from kachehri.store import Connection, outbox, public_tickets
from kachehri.store import notices as rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.outbox import Claim
from kachehri.store.tables import Delivery, Ticket

from .arriving import arrived
from .doubt import DOUBT_MS, Said, after_doubt, after_refusal
from .fanning import DIGEST, ENCODE, HOOK, TELL, Telling, decode
from .gateway import Refused, Sent, Uncertain
from .office import PostOffice
from .recipients import Addressee, addressee
from .segments import measure
from .table import LOUD, PLACES, PLAIN, Channel, Tell, telling
from .timing import day_start, next_allowed, next_day, next_ways, ways
from .wording import Message, write

#: A program is told whatever happens.
_HOOK_TELL: Final = Tell("desk", HOOK, ("hook",))
#: Why a program is not told of a matter that is not everybody's.
WITHHELD: Final = "withheld"


class Job(NamedTuple):
    """One message that shall leave now, to whom (`owner` among contacts) and where."""

    delivery: str
    owner: str
    channel: Channel
    to: str
    message: Message
    key: str
    cost: int = 0


class Begun(NamedTuple):
    """What a look at a task led to: messages to send, and when to look again at those that wait."""

    jobs: tuple[Job, ...] = ()
    later: tuple[int, ...] = ()


class _Case(NamedTuple):
    """A task with all that belongs to it."""

    claim: Claim
    told: Telling
    tell: Tell
    ticket: Ticket
    who: Addressee


def in_doubt(conn: Connection, claim: Claim) -> list[Delivery]:
    """Messages of a task of which nobody knows whether they arrived: their gateway is to be asked first."""
    return [each for each in rows.of_task(conn, claim.id) if each.state in ("sending", "unknown")]


def begin(conn: Connection, office: PostOffice, claim: Claim, now: int, said: Mapping[str, Said]) -> Begun:
    """Decide what leaves now and note that it does; or settle the task where nothing is left to do.

    Arguments:
        said: what the gateways say of messages in doubt, by the message's id.
    """
    if not outbox.holds(conn, claim):
        return Begun()
    known = rows.of_task(conn, claim.id)
    later: list[int] = []
    going: list[Delivery] = []
    for row in known:
        if row.state in ("sending", "unknown"):
            again = _doubted(conn, office, row, now, said.get(row.id, "silent"), later)
            if again:
                going.append(row)
        elif row.state == "waiting":
            going.append(row)
    case = _case(conn, office, claim, now)
    if isinstance(case, str):
        if not known and case == WITHHELD:
            outbox.finish(conn, claim, now, note=case)
            return Begun()
        if not known:
            outbox.fail(conn, claim, retry_at=None, error=case)
            return Begun()
        for row in going:  # she cannot be reached any more
            _failed(conn, row, now, case)
        conclude(conn, office, claim, now, later)
        return Begun()
    states = {cast(Channel, row.channel): row.state for row in known}
    open_ways = ways(case.tell, [each for each in case.who.addresses if each in office.gateways], case.who.first)
    fresh = next_ways(open_ways, states, every=case.tell.every)
    if not known and not open_ways:
        outbox.fail(conn, claim, retry_at=None, error="nobody")
        return Begun()
    if not known and fresh and _covered(conn, case, now):
        outbox.finish(conn, claim, now, note="covered")
        return Begun()
    going += [_new(conn, office, case, channel, now) for channel in fresh]
    jobs = [job for row in going if (job := _job(conn, office, case, row, now, later)) is not None]
    if not jobs:
        conclude(conn, office, claim, now, later)
    return Begun(tuple(jobs), tuple(later))


def settle(conn: Connection, job: Job, now: int, result: Sent | Refused | Uncertain) -> int | None:
    """Write down what came back; returns when to try again. A receipt may have been quicker, and counts for more."""
    row = rows.locked(conn, job.delivery)
    if row is None:
        return None
    match result:
        case Sent(provider_id):
            row.provider_id = provider_id or row.provider_id
            if row.state in ("sending", "unknown", "waiting"):
                row.state, row.settled_at, row.why = "sent", now, None
            rows.keep(conn, row)
        case Uncertain(code=code):
            if row.state == "sending":
                row.state, row.why = "unknown", code
                rows.keep(conn, row)
            return now + DOUBT_MS
        case Refused(code=code, again=again):
            if row.state == "sending":
                found = after_refusal(now, row.tries, again=again, channel=row.channel)
                row.state, row.why = found.state, code
                row.cost = row.segments = 0
                if found.state == "failed":
                    row.settled_at = now
                rows.keep(conn, row)
                return found.at
    return None


def conclude(conn: Connection, office: PostOffice, claim: Claim, now: int, later: Sequence[int]) -> None:
    """The task is done, or is looked at again at the earliest of `later`."""
    rest = list(later)
    known = rows.of_task(conn, claim.id)
    if any(row.state == "failed" for row in known):
        case = _case(conn, office, claim, now)
        if not isinstance(case, str):
            states = {cast(Channel, row.channel): row.state for row in known}
            open_ways = ways(
                case.tell, [each for each in case.who.addresses if each in office.gateways], case.who.first
            )
            if next_ways(open_ways, states, every=case.tell.every):
                rest.append(now)
    if rest:
        outbox.fail(conn, claim, retry_at=min(rest), error="")
    else:
        outbox.finish(conn, claim, now)


def _case(conn: Connection, office: PostOffice, claim: Claim, now: int) -> _Case | str:
    """The task, or in a word why nobody can be told."""
    told = decode(claim.body)
    ticket = ticket_rows.get(conn, claim.ticket_id or "")
    tell = None if told is None else _HOOK_TELL if claim.kind == HOOK else telling(told.notice, told.text)
    if told is None or tell is None or ticket is None:
        return "unknown_notice"
    if claim.kind == HOOK:
        # What became private or protected while it waited, or was to be sent again, stays in the house too.
        if not public_tickets.shown(conn, ticket.id):
            return WITHHELD
        return _Case(claim, told, tell, ticket, Addressee(told.to, "en", {"hook": told.to.removeprefix("hook:")}))
    who = addressee(conn, office.contacts, ticket, told.to)
    return "nobody" if who is None else _Case(claim, told, tell, ticket, who)


def _doubted(conn: Connection, office: PostOffice, row: Delivery, now: int, said: Said, later: list[int]) -> bool:
    """Settle a doubt as far as it can be settled; True where the message shall leave once more."""
    gateway = office.gateways.get(cast(Channel, row.channel))
    honours = gateway is not None and gateway.honours_key
    found = after_doubt(now, row.sent_at or now, row.tries, said, honours_key=honours)
    if found.again:
        return True
    if found.at is not None:
        later.append(found.at)
    if row.state == "sending":  # whoever sent it is gone
        row.why = "killed"
    if said == "none":
        row.why = "none"
    if found.state != row.state:
        row.state = found.state
        row.settled_at = now if found.state != "unknown" else None
        row.why = row.why if found.state in ("unknown", "failed") else None
    rows.keep(conn, row)
    if row.state == "delivered":
        told = decode((rows.task(conn, row.outbox_id) or row).body)
        if told is not None:
            arrived(conn, now, row.ticket_id, told, row.channel)
    return False


def _covered(conn: Connection, case: _Case, now: int) -> bool:
    """Whether later news for the same person about the same ticket is due as well, and stands in for this."""
    if case.tell.urgent or case.claim.kind != TELL:
        return False
    mine = case.told
    for other in rows.waiting_for(conn, TELL, now, case.ticket.id):
        told = decode(other.body)
        tell = telling(told.notice, told.text) if told is not None else None
        # Of two at one instant the pressing one stands for both.
        if told is None or tell is None or told.to != mine.to or other.id == case.claim.id:
            continue
        if (told.at, tell.urgent, other.id) > (mine.at, case.tell.urgent, case.claim.id):
            return True
    return False


def _new(conn: Connection, office: PostOffice, case: _Case, channel: Channel, now: int) -> Delivery:
    """The row of a message that was not begun yet. A summary takes with it what else is due for the same person."""
    recipient = office.recipient(case.told.to)
    values: dict[str, Any] = {"ref": case.who.reference or case.ticket.reference}
    if "day" in PLACES.get(case.tell.text, ()):
        values["day"] = case.told.params.get("due") or case.ticket.due_at
    if case.claim.kind == DIGEST:
        values["refs"] = _gathered(conn, case, now)
    if case.claim.kind == HOOK:
        data = {"ticket": case.ticket.reference, **case.told.params}
        values = {"type": case.told.notice, "at": case.told.at, "data": data}
    return Delivery(
        id=office.key(case.claim.id, channel, recipient, 0),
        outbox_id=case.claim.id,
        channel=channel,
        recipient=recipient,
        template=PLAIN if case.who.plain else case.tell.text,
        language=case.who.language,
        state="waiting",
        ticket_id=case.ticket.id,
        created_at=now,
        body=ENCODE(values),
    )


def _gathered(conn: Connection, case: _Case, now: int) -> list[str]:
    """The numbers of this summary; the tasks that brought the others are done with it."""
    refs, covered = [case.ticket.reference], []
    for other in rows.waiting_for(conn, DIGEST, now):
        told = decode(other.body)
        if other.id != case.claim.id and told is not None and (told.to, told.text) == (case.told.to, case.told.text):
            covered.append(other.id)
            ticket = ticket_rows.get(conn, other.ticket_id or "")
            if ticket is not None and ticket.reference not in refs:
                refs.append(ticket.reference)
    rows.cover(conn, covered, now)
    return refs


def _job(conn: Connection, office: PostOffice, case: _Case, row: Delivery, now: int, later: list[int]) -> Job | None:
    """A message that leaves now, noted as such; None where its hour has not come or it is no news any more."""
    channel = cast(Channel, row.channel)
    to = case.who.addresses.get(channel)
    gateway = office.gateways.get(channel)
    if to is None or gateway is None:
        _failed(conn, row, now, "gone")
        return None
    at = now
    if channel in LOUD:
        at = next_allowed(now, office.zone, office.hours, case.who.hours)
    quota = channel == "sms" and not case.tell.exempt and not row.tries and not row.round
    if quota and rows.told_since(conn, case.ticket.id, row.recipient, channel, day_start(now, office.zone)):
        at = next_allowed(next_day(now, office.zone), office.zone, office.hours, case.who.hours)
    if at > now:
        later.append(at)
        if row.tries or case.claim.kind == DIGEST:  # a summary has taken others with it
            rows.keep(conn, row)
        return None
    if case.claim.kind == TELL and not row.round and now - case.told.at > office.stale_ms:
        _failed(conn, row, now, "late")
        return None
    message = worded(office, row)
    row.state, row.sent_at, row.why = "sending", now, None
    row.tries += 1
    row.key = office.key(case.claim.id, channel, row.recipient, 0 if channel == "hook" else row.round)
    if channel == "sms":
        row.segments = measure(message.text).segments
        row.cost = row.segments * gateway.price
    rows.keep(conn, row)
    return Job(row.id, case.who.owner, channel, to, message, row.key, row.cost)


def worded(office: PostOffice, row: Delivery) -> Message:
    """A message's words, from what was kept with it."""
    values = msgspec.json.decode(row.body, type=dict[str, Any])
    if row.channel == "hook":
        said = {"type": values["type"], "timestamp": stamp(values["at"]), "data": values["data"]}
        return Message("", ENCODE(said).decode(), "en", "")
    place = office.place()
    return write(
        row.template,
        cast(Channel, row.channel),
        row.language,
        values,
        address=place.address,
        house=place.name(row.language),
        zone=place.timezone,
    )


def _failed(conn: Connection, row: Delivery, now: int, why: str) -> None:
    row.state, row.why, row.settled_at = "failed", why, now
    rows.keep(conn, row)


def stamp(at: int) -> str:
    """An instant as programs read it (RFC 3339, UTC)."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
