"""Somebody takes a post, acts on it, goes on leave, or leaves it; and the undoing of a slip. Takes a connection.

A posting is never removed: who sat where on a day of the past is a question that is asked years later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, cast, get_args

from rooms.base import Refused
from rooms.text import clean

from .ids import new_id
from .office_lists import NAME_MAX
from .store import Connection, accounts, audit
from .store import posts as rows
from .store.tables import Posting
from .tickets.chart import Holding

KINDS: Final[tuple[str, ...]] = get_args(Holding)
#: How far from today a posting may begin or end, in milliseconds: ten years.
FAR_MS: Final = 3_653 * 86_400_000
Fault = Literal["post_gone", "posting_kind", "posting_who", "posting_days", "posting_nobody", "posting_gone"]


class PostingRefused(Exception):
    """What is asked cannot be; `code` is a sentence in the catalogue of translations."""

    def __init__(self, code: Fault) -> None:
        super().__init__(code)
        self.code = code


class Taken(NamedTuple):
    """A posting that was written, and the one that it ended, with which both can be undone."""

    id: str
    ended: str = ""


def take(
    conn: Connection,
    now: int,
    post_id: str,
    *,
    kind: str,
    name: str = "",
    account_id: str = "",
    since: int | None = None,
    until: int | None = None,
) -> Taken:
    """Put somebody on a post.

    Arguments:
        kind: "holds" ends whoever holds it until further notice; "acting" and "away" leave them there.
        name: without one, that of the account; of somebody who is away, that of the holder.
        since: from which instant; None: from now.
        until: before which instant it ends; None: until further notice.

    Errors: `PostingRefused`.
    """
    post = rows.get(conn, post_id)
    if post is None or post.retired_at is not None:
        raise PostingRefused("post_gone")
    if kind not in KINDS:
        raise PostingRefused("posting_kind")
    since = now if since is None else since
    if abs(since - now) > FAR_MS or (until is not None and not since < until <= now + FAR_MS):
        raise PostingRefused("posting_days")
    standing = [each for each in rows.postings(conn, post_id) if each.to_at is None or each.to_at > since]
    held = next((each for each in standing if each.kind == "holds" and each.from_at <= since), None)
    account = accounts.by_id(conn, account_id) if account_id else None
    if account_id and (account is None or account.disabled_at is not None):
        raise PostingRefused("posting_who")
    if kind == "away":
        if held is None:
            raise PostingRefused("posting_nobody")
        called, account_id = held.name, held.account_id or ""
    else:
        called = _name(name) or (account.name if account else "")
        if not called:
            raise PostingRefused("posting_who")
    ended = next(
        (each for each in standing if each.kind == kind and each.to_at is None and each.from_at <= since), None
    )
    if ended is not None:
        rows.end_posting(conn, ended.id, since)
    made = Posting(
        id=new_id(now),
        post_id=post_id,
        account_id=account_id or None,
        name=called,
        from_at=since,
        to_at=until,
        kind=cast(Holding, kind),
    )
    rows.add_posting(conn, made)
    return Taken(made.id, ended.id if ended else "")


def end(conn: Connection, now: int, post_id: str, posting_id: str) -> int | None:
    """Let somebody leave a post now; one that has not begun never begins. Returns the end that it had before.

    Errors: `PostingRefused("posting_gone")`.
    """
    found = _found(conn, post_id, posting_id)
    if found.to_at is not None and found.to_at <= now:
        raise PostingRefused("posting_gone")
    rows.end_posting(conn, found.id, max(now, found.from_at))
    return found.to_at


def undo_take(conn: Connection, post_id: str, taken: Taken) -> None:
    """As if nobody had been put there: the posting never begins, and the one that it ended goes on.

    Errors: `PostingRefused("posting_gone")`.
    """
    made = _found(conn, post_id, taken.id)
    rows.end_posting(conn, made.id, made.from_at)
    if taken.ended:
        before = _found(conn, post_id, taken.ended)
        if before.to_at == made.from_at:
            rows.end_posting(conn, before.id, None)


def undo_end(conn: Connection, post_id: str, posting_id: str, until: int | None) -> None:
    """As if nobody had left.

    Errors: `PostingRefused("posting_gone")`.
    """
    rows.end_posting(conn, _found(conn, post_id, posting_id).id, until)


def facts_taken(taken: Taken) -> dict[str, str]:
    """What a row of the audit keeps of a posting, so that it can be undone from there."""
    return {"posting": taken.id, "before": taken.ended}


def facts_ended(posting_id: str, until: int | None) -> dict[str, str]:
    """What it keeps of the end of one: also the end that it had before."""
    return {"posting": posting_id, "until": str(until) if until is not None else ""}


def undo(conn: Connection, post_id: str, act_id: str) -> bool:
    """Take back what somebody did to a post, as the row of the audit has it; False where that was taken back already.

    Only the last act that is on record of the post: what came after it would not know of the change.

    Errors: `PostingRefused("posting_gone")`.
    """
    acts = [each for each in audit.of_subject(conn, post_id) if each.action.startswith("posting.")]
    act = next((each for each in acts if each.id == act_id and each.action != "posting.undo"), None)
    if act is None:
        raise PostingRefused("posting_gone")
    if any((each.body or {}).get("act") == act_id for each in acts):
        return False
    if any(each.at > act.at for each in acts):
        raise PostingRefused("posting_gone")
    kept: Mapping[str, str] = act.body or {}
    if "posting" not in kept:  # written before such facts were
        raise PostingRefused("posting_gone")
    if act.action == "posting.end":
        undo_end(conn, post_id, kept["posting"], int(kept["until"]) if kept["until"] else None)
    else:
        undo_take(conn, post_id, Taken(kept["posting"], kept["before"]))
    return True


def _found(conn: Connection, post_id: str, posting_id: str) -> Posting:
    found = next((each for each in rows.postings(conn, post_id) if each.id == posting_id), None)
    if found is None:
        raise PostingRefused("posting_gone")
    return found


def _name(text: str) -> str:
    try:
        return clean(text, NAME_MAX, one_line=True) if text.strip() else ""
    except Refused:
        raise PostingRefused("posting_who") from None
