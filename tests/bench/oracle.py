"""What must be true of a database after any crash, read from the file as a stranger would."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kachehri.store import Store, event_log
from kachehri.store.event_log import Broken


@dataclass
class Findings:
    """What is wrong; all zero when nothing is."""

    lost: int = 0
    doubled: int = 0
    gaps: int = 0
    said: list[str] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        self.lost += other.lost
        self.doubled += other.doubled
        self.gaps += other.gaps
        self.said += other.said

    def note(self, what: str, *, lost: int = 0, doubled: int = 0, gaps: int = 0) -> None:
        self.add(Findings(lost, doubled, gaps, [what]))


@dataclass(frozen=True)
class Acknowledged:
    """A command that the server said it had carried out; `mark` stands in what it recorded and nowhere else."""

    key: str
    seq: int
    type: str
    mark: str = ""


def opened(path: Path) -> closing[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return closing(connection)


def examine(path: Path, session_id: str, acknowledged: list[Acknowledged], given: set[str]) -> Findings:
    """Everything acknowledged is there once, nothing given is there twice, and the log has no gap.

    Arguments:
        given: the marks of all commands that were ever sent, acknowledged or not.
    """
    found = Findings()
    with opened(path) as conn:
        if (answer := conn.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            found.note(f"integrity_check: {answer}", gaps=1)
        rows = conn.execute("SELECT seq, type, body FROM event WHERE session_id = ? ORDER BY seq", (session_id,))
        log = {row["seq"]: (row["type"], json.loads(row["body"])) for row in rows}
        words = {row["id"]: row["public"] for row in conn.execute("SELECT id, public FROM content")}
        remembered = {
            row["key"]: row["seq"]
            for row in conn.execute("SELECT key, seq FROM command WHERE session_id = ?", (session_id,))
        }
    if sorted(log) != list(range(1, len(log) + 1)):
        found.note("the numbers of the log have gaps", gaps=1)
    times: dict[str, int] = {}
    for type, body in log.values():
        for mark in marks(type, body, words):
            times[mark] = times.get(mark, 0) + 1
    for each in acknowledged:
        if remembered.get(each.key) != each.seq:
            found.note(f"{each} is remembered with {remembered.get(each.key)}", lost=1)
        elif each.seq not in log or each.type not in ("", log[each.seq][0]):
            found.note(f"{each} is not in the log", lost=1)
        elif each.mark and not times.get(each.mark):
            found.note(f"{each} left nothing behind", lost=1)
    for mark in given:
        if times.get(mark, 0) > 1:
            found.note(f"{mark} was recorded {times[mark]} times", doubled=1)
    store = Store(f"sqlite:///{path}")
    try:
        with store.read() as read:
            event_log.verify(read, session_id)
    except Broken as broken:
        found.note(str(broken), gaps=1)
    finally:
        store.close()
    return found


def marks(type: str, body: dict[str, Any], words: dict[str, str]) -> list[str]:
    """What tells one command from every other: the first words of a question, or a category of its own."""
    if type == "question.asked":
        return [(words.get(body["content"][0]) or "").split(":")[0]]
    if type == "question.classified":
        return [body["category"]]
    return []


def phase(path: Path, session_id: str) -> str:
    with opened(path) as conn:
        return str(conn.execute("SELECT phase FROM session WHERE id = ?", (session_id,)).fetchone()[0])


def closed_once(path: Path, session_id: str) -> Findings:
    """The close came to its end, once: one balance, and a ticket or a place among followers for every question."""
    found = Findings()
    with opened(path) as conn:

        def count(statement: str) -> int:
            return int(conn.execute(statement, (session_id,)).fetchone()[0])

        states = dict(
            conn.execute(
                "SELECT state, count(*) FROM question WHERE session_id = ? GROUP BY 1", (session_id,)
            ).fetchall()
        )
        raised = sum(states.values())
        gone = states.get("withdrawn", 0) + states.get("refused", 0)
        tickets = count("SELECT count(*) FROM ticket WHERE session_id = ?")
        followers = count("SELECT count(*) FROM follower WHERE session_id = ?")
        seals = conn.execute(
            "SELECT body FROM event WHERE session_id = ? AND type = 'session.closed'", (session_id,)
        ).fetchall()
        accounted = [
            question
            for row in conn.execute(
                "SELECT body FROM event WHERE session_id = ? AND type = 'tickets.opened'", (session_id,)
            )
            for question in json.loads(row[0])["questions"]
        ]
        notices = count("SELECT count(*) FROM outbox WHERE kind = 'notice' AND session_id = ?")
        names = count("SELECT count(DISTINCT question_id) FROM ticket WHERE session_id = ?")
    if len(seals) != 1:
        found.note(f"{len(seals)} balances", doubled=len(seals) > 1, lost=not seals)
    elif (balance := json.loads(seals[0][0])["balance"]) != {
        "raised": raised,
        "tickets": tickets,
        "followers": followers,
        "withdrawn": states.get("withdrawn", 0),
        "refused": states.get("refused", 0),
    }:
        found.note(f"the balance {balance} is not what the tables hold: {states}, {tickets}, {followers}", lost=1)
    if raised != tickets + followers + gone:
        found.note(f"{raised} questions, {tickets} tickets, {followers} followers, {gone} gone", lost=1)
    if len(accounted) != len(set(accounted)) or len(accounted) != raised:
        found.note(f"{len(accounted)} accounted for, {len(set(accounted))} of them once", doubled=1)
    if names != tickets or notices != tickets + followers:
        found.note(f"{names} tickets' questions, {notices} notices for {tickets} + {followers}", doubled=1)
    return found
