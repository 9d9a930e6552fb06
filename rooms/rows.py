"""The rows of a view: what travels to the pages, field by field. Who gets which is decided in rooms/views.py.

Fields that have their default value are left out on the wire, so a view can be kept up to date by JSON merge patches
(RFC 7386).
"""

from collections.abc import Iterable, Mapping

import msgspec

from .captions import Caption
from .limits import CAPTION_BYTES
from .outcomes import Outcome

Texts = Mapping[str, str]


class Row(msgspec.Struct, omit_defaults=True, frozen=True):
    """Base of everything in a view."""


class SessionRow(Row, omit_defaults=True, frozen=True):
    """The session itself."""

    id: str = ""
    phase: str = ""
    title: dict[str, str] = {}
    starts_at: int = 0
    ends_at: int = 0
    reason: str = ""
    note: str = ""
    policy: str = ""
    practice: bool = False
    live_since: int = 0
    #: What is heard; none named: everything in the district.
    categories: tuple[str, ...] = ()


class OutcomeRow(Row, omit_defaults=True, frozen=True):
    """What was decided on a question: answered, ordered, referred or refused."""

    kind: str = ""
    #: Code of the office that is to act.
    office: str = ""
    #: The day until which it is promised, year-month-day.
    due: str = ""
    #: The rule that a refusal rests on.
    rule: str = ""
    note: str = ""
    # The desk and the asker only:
    #: The id of the words of an order, by which its reading back names them.
    words: str = ""
    #: What she said when it was read back to her: "yes", "no", or nothing yet.
    read: str = ""


class QuestionRow(Row, omit_defaults=True, frozen=True):
    """One question. The public never reads a hidden name, a private text or an asker."""

    state: str = "admitted"
    kind: str = "grievance"
    category: str = ""
    area: str = ""
    text: str = ""
    name: str = ""
    hidden: bool = False
    private: bool = False
    supports: int = 0
    followers: int = 0
    moved: str = ""
    at: int = 0
    village: str = ""
    #: Nothing is written; the asker will say it.
    spoken: bool = False
    outcome: OutcomeRow | None = None
    # The desk only:
    #: There is more text than this row shows.
    more: bool = False
    #: Who is working on it, and since when.
    claimed: str = ""
    claimed_at: int = 0
    reference: str = ""
    asker: str = ""
    reason: str = ""
    note: str = ""
    parent: str = ""
    by: str = ""
    channel: str = ""
    barred: bool = False


class TurnRow(Row, omit_defaults=True, frozen=True):
    """One turn that is not over."""

    state: str = ""
    questions: tuple[str, ...] = ()
    seat: str = ""
    called_at: int = 0
    answer_by: int = 0
    ends_at: int = 0
    until: int = 0
    limit_ms: int = 0
    cause: str = ""
    heard: bool = False
    # The desk only:
    participant: str = ""


class SeatRow(Row, omit_defaults=True, frozen=True):
    """One seat; `index` is its number in every media offer."""

    kind: str = ""
    #: The post that it belongs to, for each language.
    title: dict[str, str] = {}
    index: int = 0
    taken: bool = False
    muted: bool = False
    #: Muted by the desk, which alone can release it.
    silenced: bool = False
    turn: str = ""
    #: "hold": heard only while a button is held.
    talk: str = "open"
    #: What a shared screen shows, in words.
    shows: str = ""
    # The desk only:
    participant: str = ""


class CaptionRow(Row, omit_defaults=True, frozen=True):
    """One line of what is said, as a captioner typed it."""

    language: str = ""
    text: str = ""
    at: int = 0


class BalanceRow(Row, omit_defaults=True, frozen=True):
    """The balance of a session that is closed."""

    raised: int = 0
    tickets: int = 0
    followers: int = 0
    withdrawn: int = 0
    refused: int = 0


class ObjectionRow(Row, omit_defaults=True, frozen=True):
    """What somebody who was removed or blocked says against it."""

    #: Why she was barred.
    reason: str = ""
    note: str = ""
    removed: bool = False
    text: str = ""
    at: int = 0


class View(Row, omit_defaults=True, frozen=True):
    """What an audience sees of a session."""

    session: SessionRow = SessionRow()
    #: In line, next to be called first; the first 50.
    line: tuple[str, ...] = ()
    #: Finished last, newest first.
    recent: tuple[str, ...] = ()
    questions: dict[str, QuestionRow] = {}
    turns: dict[str, TurnRow] = {}
    seats: dict[str, SeatRow] = {}
    #: The seat whose turn it is to speak.
    floor: str = ""
    #: The last lines of what is said, the newest with the latest `at`.
    captions: dict[str, CaptionRow] = {}
    #: How many questions stand in each state.
    totals: dict[str, int] = {}
    balance: BalanceRow | None = None
    #: Whether anybody is here who can call and close.
    desk_staffed: bool = False
    #: How many people are connected, as it was last counted.
    present: int = 0
    # The desk only: windows of triage, and who is here.
    new: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    refusing: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()
    staff: dict[str, str] = {}
    #: Of those who are barred, what they say against it; the first 50.
    objections: dict[str, ObjectionRow] = {}


class OwnQuestion(Row, omit_defaults=True, frozen=True):
    """One of my questions: where it stands and why."""

    id: str = ""
    reference: str = ""
    state: str = ""
    text: str = ""
    private: bool = False
    place: int = 0
    #: How many before me arrived later and were moved ahead by hand.
    moved_ahead: int = 0
    #: Why my own place was changed by hand.
    moved: str = ""
    #: How long it may still take, from the last turns; both 0 while nobody can say.
    wait_from_ms: int = 0
    wait_to_ms: int = 0
    reason: str = ""
    note: str = ""
    parent: str = ""
    supports: int = 0
    waited: bool = False
    turn: str = ""
    village: str = ""
    spoken: bool = False
    #: What was decided on it, or on the one that it was joined with.
    outcome: OutcomeRow | None = None


class Personal(Row, omit_defaults=True, frozen=True):
    """What concerns one participant alone."""

    participant: str = ""
    questions: tuple[OwnQuestion, ...] = ()
    turn: str = ""
    seat: str = ""
    #: The seat that her screen is shared on, beside her own.
    screen: str = ""
    barred: str = ""
    barred_note: str = ""
    removed: bool = False
    #: Whether she has objected to it.
    objected: bool = False
    #: Of the last lines of what is said those that the public cannot read yet: whoever has a turn hears it undelayed.
    captions: dict[str, CaptionRow] = {}


def excerpt(text: str, limit_bytes: int) -> str:
    """As many whole words as fit into `limit_bytes` of UTF-8, with an ellipsis where something was left out.

    Half a word of Urdu may read as another one, so only a first word that is longer than the whole room is cut.
    """
    raw = text.encode()
    if len(raw) <= limit_bytes:
        return text
    piece = raw[: limit_bytes - 3].decode(errors="ignore")
    if not text[len(piece)].isspace():
        piece = piece.rpartition(" ")[0] or piece
    return piece.rstrip() + "…"


def lines(captions: Iterable[Caption], texts: Texts) -> dict[str, CaptionRow]:
    """Typed lines as they are read; without those whose words were erased."""
    rows = {
        each.id: CaptionRow(language=each.language, text=excerpt(texts.get(each.line, ""), CAPTION_BYTES), at=each.at)
        for each in captions
    }
    return {id: row for id, row in rows.items() if row.text}


def outcome_row(
    outcome: Outcome | None, texts: Texts, limit_bytes: int = 10**6, reads: bool = False
) -> OutcomeRow | None:
    """What was decided, its words no longer than `limit_bytes` each.

    Arguments:
        reads: whether the reader may say that an order was read back.
    """
    if outcome is None:
        return None
    return OutcomeRow(
        kind=outcome.kind,
        office=outcome.office,
        due=outcome.due,
        rule=excerpt(texts.get(outcome.rule, ""), limit_bytes),
        note=excerpt(texts.get(outcome.note, ""), limit_bytes),
        words=outcome.note if reads and outcome.kind == "ordered" else "",
        read=outcome.read if reads else "",
    )
