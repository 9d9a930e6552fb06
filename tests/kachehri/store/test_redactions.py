"""Spans and words that are taken out: what is to be done, what can be undone, and until when."""

from __future__ import annotations

from kachehri.store import Connection, Store, recordings, redactions, replays, sessions
from kachehri.store.redactions import SILENT, STEPS, TRIED_MS, TRIES
from kachehri.store.rows import put
from kachehri.store.tables import (
    Content,
    Question,
    RecordedSegment,
    RecordingHold,
    RedactedWords,
    Redaction,
    Session,
)
from tests.kachehri.store.test_replays import chapter


def span(session: str, id: str, starts_at: int = 1_000, made_at: int = 5) -> Redaction:
    return Redaction(
        id=id,
        session_id=session,
        starts_at=starts_at,
        ends_at=starts_at + 500,
        reason="r",
        made_by="a",
        made_at=made_at,
    )


def test_is_to_be_done_until_it_is(store: Store, session: Session) -> None:
    with store.write() as conn:
        for row in (span(session.id, "b", 2_000, 5), span(session.id, "a", 3_000, 4), span(session.id, "a")):
            redactions.add(conn, row)
        assert [row.id for row in redactions.of_session(conn, session.id)] == ["b", "a"]
        assert [row.id for row in redactions.due(conn)] == ["a", "b"]
        assert redactions.due(conn, "another") == []
        redactions.failed(conn, "b", 1)
        assert [row.id for row in redactions.due(conn, session.id, failed=False)] == ["a"]
        assert redactions.carried_out(conn, "a", 10, 100) and redactions.carried_out(conn, "b", 11, 101)
        assert redactions.due(conn) == [] and redactions.sessions_open(conn) == set()
        found = redactions.one(conn, "a")
        assert found is not None and (found.state, found.done_at, found.sealed_until) == ("done", 10, 100)


def test_undoing_is_carried_out_too(store: Store, session: Session) -> None:
    with store.write() as conn:
        redactions.add(conn, span(session.id, "a"))
        redactions.carried_out(conn, "a", 10, 100)
        assert not redactions.undo(conn, "a", "who", 100), "the original is not kept any longer"
        assert not redactions.undo(conn, "nothing", "who", 20)
        assert redactions.undo(conn, "a", "who", 20) and not redactions.undo(conn, "a", "who", 21)
        assert [row.id for row in redactions.due(conn)] == ["a"]
        assert redactions.sessions_open(conn) == {session.id}
        assert not redactions.carried_out(conn, "a", 22, 200)
        redactions.taken_back(conn, "a", 23)
        assert redactions.due(conn) == []


def test_one_that_was_never_done_can_be_undone(store: Store, session: Session) -> None:
    with store.write() as conn:
        redactions.add(conn, span(session.id, "a"))
        redactions.failed(conn, "a", 1)
        assert redactions.undo(conn, "a", "who", 20)
        assert [row.state for row in redactions.due(conn, failed=False)] == ["undone"], "a part may have been done"


def test_the_original_is_kept_for_its_time(store: Store, session: Session) -> None:
    with store.write() as conn:
        redactions.add(conn, span(session.id, "a"))
        redactions.carried_out(conn, "a", 10, 100)
        assert redactions.over(conn, 99) == [] and [row.id for row in redactions.over(conn, 100)] == ["a"]
        redactions.destroyed(conn, ["a"])
        assert redactions.over(conn, 100) == [] and not redactions.undo(conn, "a", "who", 20)
        redactions.forget(conn, session.id)
        assert redactions.of_session(conn, session.id) == []


def state(conn: Connection, id: str) -> tuple[str, int | None, int]:
    row = redactions.one(conn, id)
    assert row is not None
    return row.state, row.sealed_until, row.tries


def test_it_is_given_up_after_some_tries_and_not_before_a_day(store: Store, session: Session) -> None:
    day = 5 + TRIED_MS
    with store.write() as conn:
        redactions.add(conn, span(session.id, "a"))
        for _ in range(TRIES - 1):
            assert not redactions.failed(conn, "a", day)
        redactions.add(conn, span(session.id, "b", made_at=day))
        for _ in range(TRIES + 1):
            assert not redactions.failed(conn, "b", day)
        assert state(conn, "a") == ("failed", None, TRIES - 1) and state(conn, "b")[0] == "failed"
        assert redactions.failed(conn, "a", day) and not redactions.failed(conn, "a", day)
        assert state(conn, "a")[0] == "lost"
        assert [row.id for row in redactions.due(conn)] == ["b"]
        assert redactions.again(conn, ["a", "b"]) == 1 and state(conn, "a") == ("new", None, 0)
        redactions.failed(conn, "a", day)
        redactions.undo(conn, "b", "who", day)
        for _ in range(TRIES):
            assert "b" in {row.id for row in redactions.due(conn)}
            assert not redactions.failed(conn, "b", day)
        assert {row.id for row in redactions.due(conn)} == {"a"} and state(conn, "b")[0] == "undone"


def test_carried_out_once_more_it_is_kept_as_long_as_the_first_time(store: Store, session: Session) -> None:
    with store.write() as conn:
        for id in ("a", "b"):
            redactions.add(conn, span(session.id, id))
            redactions.carried_out(conn, id, 10, 100)
        redactions.destroyed(conn, ["b"])
        assert redactions.again(conn, ["a", "b"]) == 2
        assert not redactions.undo(conn, "b", "who", 50), "it lies in the clear for nobody to put back"
        assert redactions.carried_out(conn, "a", 60, 160) and redactions.carried_out(conn, "b", 60, 160)
        assert state(conn, "a") == ("done", 100, 0) and state(conn, "b") == ("done", 60, 0)
        redactions.again(conn, ["a"])
        assert redactions.undo(conn, "a", "who", 50)


def test_every_step_leads_to_a_state_that_is_known() -> None:
    known = {*SILENT, "done", "undone"}
    assert all({*since, to} <= known for since, to in STEPS.values())


def test_what_is_held_stays_sealed_until_it_is_free(store: Store, session: Session) -> None:
    row = RecordingHold(session_id=session.id, reason="r", review_on="2026-12-01", made_by="a", made_at=5)
    with store.write() as conn:
        redactions.add(conn, span(session.id, "a"))
        redactions.carried_out(conn, "a", 10, 100)
        assert redactions.hold(conn, row)
        assert not redactions.hold(conn, row.model_copy(update={"reason": "s"}))
        found = redactions.held(conn, session.id)
        assert found is not None and found.reason == "s" and set(redactions.holds(conn)) == {session.id}
        assert redactions.over(conn, 100) == []
        assert redactions.lift(conn, session.id) and not redactions.lift(conn, session.id)
        assert [row.id for row in redactions.over(conn, 100)] == ["a"]


def test_words_are_taken_out_and_given_back(store: Store, session: Session) -> None:
    with store.write() as conn:
        for id, at in (("2", 2), ("1", 3)):
            redactions.hide_words(
                conn,
                RedactedWords(id=id, session_id=session.id, text_id="t", quote=id, reason="", made_by="a", made_at=at),
            )
        assert [row.quote for row in redactions.words_of(conn, session.id)] == ["2", "1"]
        assert redactions.show_words(conn, "2") and not redactions.show_words(conn, "2")
        assert [row.id for row in redactions.words_of(conn, session.id)] == ["1"]


def test_a_mark_is_another_when_something_was_decided(store: Store, session: Session) -> None:
    def mark() -> str | None:
        with store.read() as conn:
            return redactions.marks(conn, [session.id, "another"]).get(session.id)

    assert mark() is None, "nothing before the close"
    found = []
    with store.write() as conn:
        sessions.project(conn, session.id, phase="closed", starts_at=1, ends_at=2, deadline=None)
    found.append(mark())
    with store.write() as conn:
        replays.keep(conn, [chapter(session.id, 1), chapter(session.id, 2)])
    assert mark() == found[0], "chapters that nobody has decided on change nothing"
    steps = (
        lambda conn: replays.decide(conn, session.id, "t1-1", "released", "", "acc", 5),
        lambda conn: replays.decide(conn, session.id, "t2-1", "kept", "", "acc", 6),
        lambda conn: replays.hide(conn, session.id, "t1-1", "", 6),
        lambda conn: redactions.add(conn, span(session.id, "a")),
        lambda conn: redactions.undo(conn, "a", "who", 20),
    )
    for step in steps:
        with store.write() as conn:
            step(conn)
        found.append(mark())
    assert len(set(found)) == len(steps) + 1
    with store.write() as conn:
        redactions.taken_back(conn, "a", 23)
    assert mark() == found[-1], "that it was carried out is no reason to do it again"


def test_who_withdrew_her_words_is_named_until_she_is_taken_out_of_what_was_recorded(
    store: Store, session: Session
) -> None:
    words = [
        Content(id=f"c{n}", session_id=session.id, salt=b"s", created_at=1, erased_at=erased)
        for n, erased in ((1, 9), (2, None))
    ]
    with store.write() as conn:
        put(conn, words)
        put(conn, [question(session.id, n) for n in (1, 2)])
        written = chapter(session.id, 3, question_id="q1", ends_at=3_000)  # nothing is heard of it
        replays.keep(conn, [chapter(session.id, 1), chapter(session.id, 2), written])
        assert redactions.withdrawn(conn) == [], "nothing of it was recorded"
        recordings.add(conn, [recorded(session.id)])
        assert redactions.withdrawn(conn) == redactions.withdrawn(conn, session.id) == [(session.id, "t1-1")]
        assert redactions.withdrawn(conn, "another") == []
        half = span(session.id, "half")
        redactions.add(conn, half.model_copy(update={"ends_at": 1_800}))
        redactions.add(conn, half.model_copy(update={"id": "mute", "ends_at": 1_900, "picture": False}))
        assert redactions.withdrawn(conn) == [(session.id, "t1-1")], "not all of it"
        redactions.add(conn, half.model_copy(update={"id": "whole", "ends_at": 1_900}))
        assert redactions.withdrawn(conn) == []
        redactions.undo(conn, "whole", "who", 20)
        assert redactions.withdrawn(conn) == [(session.id, "t1-1")]


def recorded(session: str) -> RecordedSegment:
    return RecordedSegment(
        session_id=session,
        rendition="sound",
        number=0,
        epoch=1,
        fence=1,
        starts_ms=0,
        wall_ms=1,
        duration_us=1,
        bytes=1,
        sha256="x",
    )


def question(session: str, n: int) -> Question:
    return Question(
        id=f"q{n}",
        session_id=session,
        kind="complaint",
        asker="p",
        channel="web",
        received_at=1,
        lane="ordinary",
        privacy="public",
        content_id=f"c{n}",
        reference=f"260000000{n}",
        state="heard",
        seq=n,
    )
