"""Every screen of a citizen in every state that it can be met in: by which way (state_matrix_ways.py), what it must say
and offer.

The table is data; test_state_matrix.py walks it in both languages. The screens of a hearing that is on are in
state_matrix_live.py. A state that cannot occur on a screen stands in NEVER with its reason, so that there is no hole.
"""

from __future__ import annotations

from typing import Final

from kachehri.store import StoreError
from rooms.attendance import BlockParticipant, RemoveParticipant
from rooms.lifecycle import AdjournSession, CancelSession, CloseSession, PostponeSession
from rooms.questions import (
    ConfirmRefusal,
    DeferQuestion,
    HoldQuestion,
    NotTakeQuestion,
    RefuseQuestion,
    WithdrawQuestion,
)
from tests.web.state_matrix_scene import TEXT, Cell
from tests.web.state_matrix_ways import (
    admit,
    after_the_end,
    at_home,
    barred,
    call,
    cannot_write,
    decided,
    erased,
    fails,
    full_house,
    hearing,
    joined,
    mine,
    mistyped,
    mistyped_address,
    no_ticket,
    nothing,
    nothing_of_mine,
    on_this_phone,
    proposed,
    public_page,
    sends_without_a_line,
    sent_too_late,
    too_fast,
    too_many_open,
    too_many_tries,
    without_a_line,
    wrong_number,
)

ASK, JOIN, LIVE = 'href="/s/{session}/ask"', 'action="/s/{session}/join"', 'href="/s/{session}/live"'
TRACK, HOME, CALL = 'href="/track"', 'href="/"', 'href="tel:1991"'
FOUND_AGAIN = ('href="{receipt}"',)


CELLS: Final[tuple[Cell, ...]] = (
    # The first page.
    Cell(
        "home",
        "loading",
        at_home,
        ("home.live", "home.mine"),
        (LIVE, ASK, *FOUND_AGAIN, "<time datetime="),
        fresh=True,
    ),
    Cell("home", "empty", nothing, ("home.empty", "home.empty_more"), ('href="/hearings.ics"', TRACK), fresh=True),
    Cell("home", "offline", without_a_line("/"), ("home.live", "home.mine"), ("data-saved",), browser=True, fresh=True),
    Cell("home", "ended", after_the_end, ("home.past", "phase.closed"), ('href="/s/{session}"',), fresh=True),
    Cell("home", "server error", fails("/", RuntimeError("oh")), ("error.500", "error.500_more"), (HOME,), status=500),
    Cell("home", "database_busy", fails("/", StoreError("busy")), ("error.503", "error.503_more"), (HOME,), status=503),
    # The lobby.
    Cell("lobby", "loading", hearing(live=False), ("session.who", "lobby.wait", "consent"), (ASK, JOIN)),
    Cell("lobby", "live", hearing(), ("lobby.join", "lobby.follow", "live.not_recorded"), (ASK, JOIN, "/check")),
    Cell("lobby", "empty", hearing(live=False), ("order.title", "order.arrival"), ('href="/how"',)),
    Cell("lobby", "offline", without_a_line("{start}"), ("offline.title",), (), browser=True),
    Cell("lobby", "full", full_house, ("lobby.full",), (ASK, JOIN), lacks=('value="picture"',)),
    Cell("lobby", "ended", hearing(CloseSession()), ("ended", "balance.title"), (TRACK, *FOUND_AGAIN), lacks=(JOIN,)),
    Cell(
        "lobby",
        "postponed",
        hearing(PostponeSession(reason="holiday"), live=False),
        ("postponed.kept", "phase_reason.holiday", "lobby.new_date"),
        (ASK, *FOUND_AGAIN),
    ),
    Cell(
        "lobby",
        "cancelled",
        hearing(CancelSession(reason="no_need"), live=False),
        ("cancelled.kept", "phase_reason.no_need"),
        FOUND_AGAIN,
        lacks=(JOIN,),
    ),
    Cell(
        "lobby",
        "adjourned",
        hearing(AdjournSession(reason="prayer")),
        ("adjourned.kept", "phase_reason.prayer"),
        (JOIN, *FOUND_AGAIN),
    ),
    Cell(
        "lobby",
        "banned",
        barred(BlockParticipant),
        ("lobby.blocked", "lobby.barred_reason", "object.open"),
        (JOIN, CALL, 'action="/s/{session}/object"'),
        lacks=(ASK,),
    ),
    Cell(
        "lobby",
        "removed",
        barred(RemoveParticipant),
        ("lobby.removed", "lobby.barred_reason", "object.open"),
        (CALL, 'action="/s/{session}/object"'),
        lacks=(ASK, JOIN),
    ),
    Cell("lobby", "server error", fails("{start}", RuntimeError("oh")), ("error.500", "error.500_more"), status=500),
    # Asking.
    Cell("ask", "loading", hearing(path="/ask"), ("ask.about", "ask.spoken", "ask.no_id", "ask.phone_why")),
    Cell("ask", "offline", sends_without_a_line, ("send.waiting", "send.now"), ('value="send"',), browser=True),
    Cell(
        "ask",
        "ended",
        sent_too_late,
        ("ask.closed", "ask.closed_kept"),
        (CALL, TRACK, TEXT),
        status=409,
    ),
    Cell("ask", "banned", barred(BlockParticipant, "/ask"), ("refused.barred",), (HOME,), status=403),
    Cell("ask", "full", too_many_open, ("refused.question_limit",), (TEXT, 'id="send"'), status=409),
    Cell("ask", "too_fast", too_fast, ("ask.slow",), (TEXT, 'id="send"'), status=429),
    Cell("ask", "server error", cannot_write, ("refused.storage",), (TEXT, 'value="check"'), status=503),
    # My question, from its arrival to its end.
    Cell("receipt", "loading", mine(), ("next_is.new", "q.checking", "receipt.carry"), (LIVE, "/withdraw", "/slip")),
    Cell("receipt", "in_line", mine(admit), ("next_is.admitted", "q.in_line", "q.by_arrival"), ("check", LIVE)),
    Cell("receipt", "called", mine(admit, call), ("next_is.called", "state.next"), ('href="/s/{session}/next"',)),
    Cell("receipt", "spoken", mine(spoken="1", text=""), ("receipt.spoken",), (LIVE,)),
    Cell(
        "receipt",
        "held",
        mine(lambda s: HoldQuestion(question=s.question, reason="check_facts")),
        ("state.held", "why.check_facts"),
        ("/withdraw",),
    ),
    Cell(
        "receipt",
        "written",
        mine(admit, lambda s: DeferQuestion(question=s.question, reason="needs_file")),
        ("state.written", "why.needs_file", "next_is.written"),
    ),
    Cell("receipt", "ended", mine(admit, close=True), ("q.unheard", "ticket.state.routed"), ("/slip",), ("/live",)),
    Cell(
        "receipt",
        "not_taken",
        mine(lambda s: NotTakeQuestion(question=s.question, reason="no_time"), close=True),
        ("state.not_taken", "why.no_time"),
    ),
    Cell("receipt", "follower", joined, ("state.merged", "q.merged"), ("/slip",)),
    Cell(
        "receipt",
        "answered",
        mine(admit, decided("answered"), close=True),
        ("outcome_own.answered", "own.lead.resolution_proposed", "now.judge"),
        ("{receipt}/do/yes", "{receipt}/do/no"),
    ),
    Cell(
        "receipt",
        "ordered",
        mine(admit, decided("ordered", office="water", due="2027-03-01", note="نیا پمپ لگے گا"), close=True),
        ("promise.title", "promise.until"),
        ("نیا پمپ لگے گا", "2027"),
    ),
    Cell("receipt", "referred", mine(admit, decided("referred", office="water")), ("outcome_own.title",), ("office",)),
    Cell(
        "receipt",
        "refused_by_rule",
        mine(admit, decided("refused", rule="Land Revenue Act 1967")),
        ("outcome_own.refused", "outcome_own.object"),
        ("Land Revenue Act 1967", CALL),
    ),
    Cell(
        "receipt",
        "refused",
        mine(
            lambda s: RefuseQuestion(question=s.question, reason="abuse"), lambda s: ConfirmRefusal(question=s.question)
        ),
        ("state.refused", "why.abuse", "next_is.refused"),
        (CALL,),
    ),
    Cell(
        "receipt",
        "withdrawn",
        mine(lambda s: WithdrawQuestion(question=s.question)),
        ("state.withdrawn", "next_is.withdrawn"),
        lacks=("/withdraw",),
    ),
    Cell("receipt", "erased", erased, ("receipt.erased", "ticket.state.routed"), ("ref-n",), (TEXT,)),
    Cell("receipt", "offline", without_a_line("{receipt}"), ("receipt.way",), ("data-saved", "ref-n"), browser=True),
    Cell("receipt", "server error", fails("{receipt}", StoreError("io")), ("error.503", "error.503_more"), status=503),
    # Following.
    Cell("track", "loading", on_this_phone, ("track.mine", "track.either"), FOUND_AGAIN, fresh=True),
    Cell("track", "empty", nothing_of_mine, ("track.mine_empty", "track.no_phone"), ('action="/track"',)),
    Cell("track", "wrong", wrong_number, ("track.wrong",), ('action="/track"',), status=404),
    Cell("track", "mistyped", mistyped, ("form.errors",), ('action="/track"', "<mark>"), status=422),
    Cell("track", "mistyped_address", mistyped_address, ("form.errors",), ('action="/track"', "<mark>"), status=404),
    Cell("track", "too_many", too_many_tries, ("track.tries",), (CALL,), status=429),
    Cell("track", "offline", without_a_line("/track"), ("offline.title",), browser=True),
    Cell("track", "ended", public_page, ("ticket.title", "ticket.office", "open.how", "follow.open"), (TRACK,)),
    Cell("track", "unconfirmed", proposed, ("own.lead.proposed_other",), (TRACK,)),
    Cell("track", "unknown", no_ticket, ("error.404", "error.404_more"), (HOME,), status=404),
    Cell("track", "server error", fails("/track", StoreError("io")), ("error.503", "error.503_more"), status=503),
)


#: What cannot be met on a screen, and why.
NEVER: Final[dict[tuple[str, str], str]] = {
    **{
        (screen, "reconnecting"): "it has no live line of its own, or is silent about it"
        for screen in ("home", "lobby", "ask", "receipt", "track")
    },
    **{(screen, "mic denied"): "nobody speaks here" for screen in ("home", "lobby", "ask", "receipt", "track")},
    ("home", "full"): "a page is no live line",
    ("home", "banned"): "somebody is barred from one hearing, not from the house",
    ("ask", "empty"): "there is always “something else” to choose",
    ("receipt", "empty"): "a receipt has its question",
    ("receipt", "full"): "a page is no live line",
    ("receipt", "banned"): "whoever is barred keeps her questions and their answers",
    ("track", "full"): "a page is no live line",
    ("track", "banned"): "whoever is barred keeps her questions and their answers",
}
