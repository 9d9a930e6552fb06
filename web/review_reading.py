"""From a chapter, its marks and its texts to what the review page shows; and from what was typed there to spans."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from kachehri.store.redactions import TRIES
from kachehri.store.tables import RedactedWords, Redaction
from moderation.release import TAKEN
from moderation.spoken import suspects
from recordings.archive import Archive, RecordingError, Segment
from recordings.replaying import Told
from web.replay_reading import clock
from web.review_shapes import MarkRow, MarkState, Part, Picking, ReviewText, Sound, TakenRow

_TIME: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2})(?:[.٫](\d))?\Z")
_WORD: Final = re.compile(r"\S+")


def parts_of(text: str) -> tuple[Part, ...]:
    """A text in runs: numbers that may have been said, and where words were taken out."""
    found: list[tuple[int, int, Literal["number", "taken"]]] = [(*each, "number") for each in suspects(text)]
    found += [(each.start(), each.end(), "taken") for each in re.finditer(re.escape(TAKEN), text)]
    made: list[Part] = []
    at = 0
    for start, end, kind in sorted(found):
        if start >= at:
            made += (Part(text[at:start]), Part(text[start:end], kind))
            at = end
    made.append(Part(text[at:]))
    return tuple(part for part in made if part.text)


def texts_of(told: Told, texts: Mapping[str, str]) -> tuple[ReviewText, ...]:
    """Everything of a chapter that can be read: what was asked, what was decided, and each line."""
    made = []
    question = told.question
    if question is not None:
        outcome = question.outcome
        ids = ((question.content, "asked"), (outcome.note if outcome else "", "decided"))
        rule = ((outcome.rule if outcome else "", "rule"),)
        for id, kind in (*ids, *rule):
            if texts.get(id):
                made.append(ReviewText(id, kind, parts_of(texts[id])))  # type: ignore[arg-type]
    for line in told.lines:
        at, until = (each - told.chapter.starts_at for each in (line.cue.starts_at, line.cue.ends_at))
        made.append(
            ReviewText(
                line.cue.line,
                "line",
                parts_of(line.text),
                line.cue.language,
                clock(at),
                clock(min(until, told.chapter.duration_ms) + 999),
                max(0, at),
                line.cue.corrected,
            )
        )
    return tuple(made)


def pieces(archive: Archive, session: str, rendition: str, told: Told) -> list[list[Segment]]:
    """What was recorded of a chapter and at its borders, one list for each life of the program."""
    try:
        index = archive.index(session, rendition)
    except RecordingError:
        return []
    found: dict[int, list[Segment]] = {}
    for each in index.segments:
        ends_at = each.wall_ms + each.duration_us / 1_000
        if each.whole and each.wall_ms < told.chapter.ends_at and ends_at > told.chapter.starts_at:
            found.setdefault(each.epoch, []).append(each)
    return list(found.values())


def sounds(archive: Archive, session: str, told: Told, link: str) -> tuple[Sound, ...]:
    """What a moderator listens to."""
    seen = pieces(archive, session, "light", told)
    heard = pieces(archive, session, "sound", told)
    return tuple(
        Sound(
            f"{link}/raw/{n}",
            round(part[0].wall_ms - told.chapter.starts_at),
            clock(sum(each.duration_us for each in part) // 1_000),
            max(1, sum(each.bytes for each in part) // 1_000),
            sum(each.bytes for each in seen[n - 1]) // 1_000 if n <= len(seen) else 0,
        )
        for n, part in enumerate(heard, 1)
    )


def marks_of(told: Told, rows: Sequence[Redaction], now: int, *, held: bool) -> tuple[MarkRow, ...]:
    """The marks that touch a chapter, in their place. `held`: the recording is kept, whatever its time is."""
    start, end = told.chapter.starts_at, told.chapter.ends_at
    return tuple(
        MarkRow(
            row.id,
            clock(row.starts_at - start),
            clock(row.ends_at - start),
            "both" if row.sound and row.picture else "sound" if row.sound else "picture",
            "kept" if held and (row.sealed_until or now) < now and state_of(row) == "sealed" else state_of(row),
            row.reason,
            row.made_at,
            row.sealed_until or 0,
            held,
        )
        for row in rows
        if row.starts_at < end and row.ends_at > start
    )


def state_of(row: Redaction) -> MarkState:
    """What a mark's row says, in one word for the page."""
    match row.state:
        case "new":
            return "waiting"
        case "failed":
            return "failed"
        case "lost":
            return "lost"
        case "undone":
            carried_out = row.done_at is not None and row.undone_at is not None and row.done_at > row.undone_at
            return "undone" if carried_out else "returning" if row.tries < TRIES else "stuck"
        case _:
            return "sealed" if row.sealed_until is not None else "gone"


def taken_of(rows: Sequence[RedactedWords], shown: Sequence[ReviewText]) -> tuple[TakenRow, ...]:
    """The words that are out of these texts."""
    here = {text.id for text in shown}
    return tuple(TakenRow(row.id, row.quote, row.reason) for row in rows if row.text_id in here)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they can be ticked."""
    return tuple(_WORD.findall(text))


def digest_of(words: Sequence[str]) -> str:
    """Tells whether numbers of words still mean the same ones."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]


def picking(id: str, text: str) -> Picking:
    """A text as its words are ticked."""
    words = words_of(text)
    return Picking(id, words, digest_of(words))


def quotes(text: str, ticked: set[int]) -> Iterator[str]:
    """The runs of ticked words, as they stand in the text; what is out already is passed over."""
    run: list[re.Match[str]] = []
    found = list(_WORD.finditer(text))
    for n, word in enumerate([*found, None]):
        if word is not None and n in ticked and TAKEN not in word.group():
            run.append(word)
        elif run:
            yield text[run[0].start() : run[-1].end()]
            run = []


def moment(typed: str) -> int | None:
    """Minutes and seconds as somebody types them, in any digits, as milliseconds; None for what is no time."""
    found = _TIME.match(typed.strip())
    if found is None or int(found[3]) > 59:
        return None
    hours, minutes, seconds, tenths = (int(each or 0) for each in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + tenths * 100
