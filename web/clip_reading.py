"""The answer to one question as pages offer it: its file, what that weighs, or why there is none."""

from __future__ import annotations

import asyncio

from recordings import clips, replaying
from recordings.archive import RecordingError, Segment
from recordings.edition import Edition
from recordings.replaying import Replay, Told
from web.house import House
from web.pages.replay import stands_of
from web.replay_files import pieces
from web.replay_reading import clock
from web.replay_shapes import ClipCard


def clip_pieces(edition: Edition, rendition: str, told: Told) -> tuple[Segment, ...]:
    """The segments of a chapter's clip that everybody may have."""
    return clips.pieces(pieces(edition, rendition, told), told.clip) if told.clip else ()


async def clip_of(house: House, session: str, question: str) -> ClipCard | None:
    """The answer to a question; None where this house records nothing, or the question was not heard aloud."""
    if house.broadcasting is None:
        return None
    live = await house.service.live(session)
    if stands_of(live):
        return None
    replay = await house.service.read(replaying.heard, live, house.settings.recordings.folder)
    edition = await house.broadcasting.edition(house.service, live, replay.chapters)
    return await asyncio.to_thread(_card, edition, session, question, replay)


def _card(edition: Edition, session: str, question: str, replay: Replay) -> ClipCard | None:
    told = best(replay, question)
    if told is None:
        return None
    if not _recorded(edition, told):
        return ClipCard("none")
    if told.release == "kept":
        return ClipCard("kept", reason=told.reason)
    sound = clip_pieces(edition, "sound", told)
    if not sound:
        return ClipCard("waiting" if told.release == "new" else "none")
    picture = clip_pieces(edition, "light", told)
    return ClipCard(
        "ready",
        link=f"/s/{session}/clip/{told.n}",
        words=told.outcome.note if told.outcome else "",
        long=clock(sum(each.duration_us for each in sound) // 1_000),
        sound=_kilobytes(sound),
        picture=_kilobytes(picture),
    )


def best(replay: Replay, question: str) -> Told | None:
    """The chapter with the answer: what was parked and came again has it at the end; what is released comes first."""
    hers = [each for each in replay.chapters if question in each.chapter.questions and each.clip and not each.hidden]
    return next((each for each in reversed(hers) if each.open), hers[-1] if hers else None)


def _recorded(edition: Edition, told: Told) -> bool:
    try:
        return bool(edition.overlapping("sound", told.chapter.starts_at, told.chapter.ends_at))
    except RecordingError:
        return False


def _kilobytes(found: tuple[Segment, ...]) -> int:
    return max(1, sum(each.bytes for each in found) // 1_000) if found else 0
