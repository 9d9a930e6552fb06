"""The pages of an office's work with believable contents: lists, one ticket in several states, supervision."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from kachehri.particulars import Reached, Sent
from web.act_forms import FORMS, Ask
from web.cards import AreaGroup, Choice
from web.ticket_shapes import ActCard, ClockRow, Facts, FieldRow, HistoryPage, HistoryRow, StoryRow, TicketDeskPage
from web.work_shapes import (
    BriefPage,
    Filters,
    LoadRow,
    PromiseRow,
    RepliesPage,
    ReplyRow,
    SupervisorPage,
    TicketRow,
    TicketsPage,
    Undoable,
    Watched,
)

NOW = 1_767_589_200_000
DAY = 86_400_000
WATER = {"ur": "پبلک ہیلتھ انجینئرنگ، بہاولنگر", "en": "Public Health Engineering, Bahawalnagar"}
XEN = {"ur": "ایگزیکٹو انجینئر (واٹر سپلائی)", "en": "Executive Engineer (Water Supply)"}
SDO = {"ur": "سب ڈویژنل افسر، چشتیاں", "en": "Sub-Divisional Officer, Chishtian"}
TOPIC = {"ur": "پینے کا پانی نہیں آ رہا", "en": "No drinking water"}
PLACE = {"ur": "یونین کونسل 12، چک 57", "en": "Union Council 12, Chak 57"}
TITLE = {
    "ur": "ڈپٹی کمشنر بہاولنگر کی کھلی کچہری: پینے کا پانی اور سڑکیں",
    "en": "Deputy Commissioner Bahawalnagar: drinking water and roads",
}
WORDS = "ہمارے محلے کا نلکا تین ہفتے سے بند ہے، ٹینکر بھی نہیں آتا۔ بچے نہر سے پانی لاتے ہیں۔"
ENGLISH = "The transformer near the girls' school burnt out on Monday."
REPLY = "شکایت {number} پر عملہ {day} تک موقع پر آئے گا۔"


def rows(words: Words) -> tuple[TicketRow, ...]:
    code = words.language.code
    base = TicketRow(
        reference="2640718822",
        topic=TOPIC[code],
        place=PLACE[code],
        text=WORDS,
        state="routed",
        outcome="ordered",
        due=words.plain("office.left", 2),
        due_tone="warn",
        office=words.plain("office.post_in", post=XEN[code], office=WATER[code]),
        followers=6,
        private=False,
        id="t1",
        assignable=True,
    )
    late, quiet = words.plain("office.late", 3), replace(base, followers=0)
    return (
        replace(base, reference="2640718814", state="disputed", due=late, due_tone="error", level=1, answers=XEN[code]),
        base,
        replace(quiet, reference="2652204018", text=ENGLISH, due=words.plain("office.left", 9), due_tone=""),
        replace(quiet, reference="2611938270", text="", private=True, state="in_progress", assignable=False),
    )


def field(act: str, ask: Ask, words: Words) -> FieldRow:
    code = words.language.code
    options = {
        "post": (Choice("a", XEN[code]), Choice("b", SDO[code])),
        "office": (Choice("a", WATER[code]), Choice("b", words.plain("group.other"))),
        "topic": (Choice("a", TOPIC[code]),),
        "outcome": tuple(
            Choice(each, words.plain(f"office.outcome.{each}"))
            for each in ("relief_granted", "partial_relief", "relief_not_possible", "information_given")
        ),
    }
    return FieldRow(f"{act}-{ask.name}", ask.name, ask.kind, ask.needed, options=options.get(ask.kind, ()))


def card(name: str, words: Words) -> ActCard:
    form = FORMS[name]
    lead = words.plain(f"office.lead.{name}")
    return ActCard(
        name,
        form.icon,
        form.heavy,
        form.danger,
        tuple(field(name, each, words) for each in form.asks),
        (lead,),
        words=any(each.kind == "words" for each in form.asks),
    )


def failed(words: Words) -> ActCard:
    """A refusal of relief without its rule: open, with what was typed."""
    found = card("propose", words)
    typed = {"outcome": "relief_not_possible", "note": ENGLISH}
    error = words.plain("office.need.rule")
    fields = tuple(
        replace(each, value=typed.get(each.name, ""), error=error if each.name == "rule" else "")
        for each in found.fields
    )
    return replace(found, fields=fields, open=True)


def story(words: Words) -> tuple[StoryRow, ...]:
    code = words.language.code
    say, day = words.plain, words.dates.day(NOW + 3 * DAY)
    told = (
        ("ask", say("office.told.opened"), say("office.by.system"), (("", WORDS),), "", False),
        ("person", say("office.told.assigned", post=SDO[code]), XEN[code], (), "", False),
        ("info", say("office.told.noted"), SDO[code], (("", "پمپ کا موٹر سٹور میں ہے"),), "", True),
        (
            "edit",
            say("office.told.started_by", day=day),
            SDO[code],
            (("", ENGLISH),),
            "",
            False,
        ),
        (
            "check",
            say("office.told.proposed", outcome=say("office.outcome.relief_granted")),
            SDO[code],
            (("", WORDS), (say("office.rule"), "PHE Manual 4.2")),
            "",
            False,
        ),
        ("alert", say("office.told.disputed_no"), say("office.by.citizen"), (("", WORDS),), "warn", False),
        ("up", say("office.told.escalated", level=1, post=XEN[code]), say("office.by.clock"), (), "warn", False),
        ("check", say("office.told.status", what=say("status.kind.seen")), XEN[code], (), "", False),
    )
    return tuple(
        StoryRow(n, icon, text, NOW + n * DAY // 2, who, said, staff, tone, 40 if n == len(told) else 0)
        for n, (icon, text, who, said, tone, staff) in enumerate(told, 1)
    )


def ticket(words: Words) -> TicketDeskPage:
    code = words.language.code
    facts = Facts(
        reference="2640718822",
        kind="grievance",
        state="routed",
        topic=TOPIC[code],
        place=PLACE[code],
        village="چک 57 نہر والا",
        name="نسرین بی بی",
        hidden=False,
        private=False,
        text=WORDS,
        with_whom=words.plain("office.post_in", post=XEN[code], office=WATER[code]),
        turn=words.plain("office.turn.office"),
        opened_at=NOW,
        due=words.plain("office.left", 7),
        due_tone="",
        followers=6,
        session_title=TITLE[code],
        outcome="ordered",
        outcome_words="نیا پمپ بیس جنوری تک لگایا جائے",
    )
    return TicketDeskPage(
        facts=facts,
        clocks=(
            ClockRow("accept", NOW + DAY, words.plain("tickets.today"), "warn"),
            ClockRow("first", NOW + 3 * DAY, words.plain("office.left", 2), "warn"),
            ClockRow("resolve", NOW + 9 * DAY, words.plain("office.left", 7)),
            ClockRow("promise", NOW + 15 * DAY, words.plain("office.left", 11)),
        ),
        story=story(words)[:1],
        acts=tuple(card(name, words) for name in ("assign", "transfer", "share", "classify", "note")),
        cannot=(("ask_citizen", words.plain("refused.ask_limit")), ("force", words.plain("refused.force_level"))),
        pictures=(),
        seq=4,
        may_post=True,
        may_act=True,
        may_picture=True,
        may_reveal=True,
        key="k" * 22,
        today="2026-01-05",
        replies=(Choice("r1", "موقع پر آنا"), Choice("r2", "Tanker")),
        reveal_reasons=("call_back", "line_lost", "visit", "danger"),
    )


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    four = rows(words)
    posts = (Choice("a", words.plain("office.post_in", post=SDO[code], office=WATER[code])),)
    listing = TicketsPage(
        rows=four,
        total=4,
        counts={"overdue": 1, "disputed": 1, "appeal": 2},
        filters=Filters(),
        sessions=(Choice("ab2cd3ef", TITLE[code]),),
        topics=(Choice("a", TOPIC[code]),),
        places=(AreaGroup(PLACE[code], (Choice("uc1", PLACE[code]),)),),
        offices=WATER[code],
        key="k" * 22,
        posts=posts,
        has_post=True,
        later="1.x",
        supervises=True,
        replies=True,
    )
    wrong = words.plain("office.find_places", places="3، 4" if code == "ur" else "3, 4")
    nothing = replace(
        listing, rows=(), total=0, filters=Filters(find="2460718822"), problem=wrong, has_post=False, later=""
    )
    given = replace(
        listing,
        undo=Undoable((four[1].reference,), SDO[code], ((four[0].reference, words.plain("refused.ticket_busy")),)),
    )
    office = ticket(words)
    errors = {"propose-rule": words.plain("office.need.rule")}
    working = replace(
        office,
        facts=replace(office.facts, state="in_progress", turn=words.plain("office.turn.officer")),
        acts=(failed(words), *(card(name, words) for name in ("ask_citizen", "wait_outside", "note"))),
        story=story(words)[:4],
        errors=errors,
    )
    disputed = replace(
        office,
        facts=replace(
            office.facts,
            state="disputed",
            turn=words.plain("office.turn.supervisor"),
            due=words.plain("office.late", 3),
            due_tone="error",
            level=1,
            answers=XEN[code],
            private=True,
            hidden=True,
            end="relief_granted",
            draft=("relief_granted", WORDS),
            children=("2652204018",),
            parts=((WATER[code], NOW), (SDO[code], 0)),
        ),
        acts=tuple(card(name, words) for name in FORMS),
        story=story(words),
        reached=Reached("+923012345678", "nasreen@example.com"),
        sent=Sent(
            "https://pictures.example.org/2026/01/05/pump-of-chak-57-nehr-wala-9f8e7d6c5b4a.jpg",
            (("depth", "30 feet"),),
            True,
        ),
        said=words.plain("office.did.note"),
    )
    closed = replace(
        office,
        facts=replace(
            office.facts,
            state="closed",
            turn=words.plain("office.turn.nobody"),
            due="",
            end="partial_relief",
            basis="citizen_silent",
            parent="2652204018",
        ),
        clocks=(),
        acts=(card("note", words),),
        cannot=(),
        may_post=False,
        may_picture=False,
        may_reveal=False,
        story=story(words),
    )
    history = HistoryPage(
        "2640718822",
        tuple(HistoryRow(row, "ticket.noted", f"{row.seq:012x}", f"{row.seq * 7919:012x}") for row in story(words)),
        True,
        "5f" * 32,
    )
    supervise = SupervisorPage(
        lists=(
            Watched("mine", four[:1], 12, "/tickets?whose=mine"),
            Watched("disputed", four[:2], 2, "/tickets?show=disputed"),
            Watched("signature", (), 0),
            Watched("late", four[:1], 1, "/tickets?show=overdue"),
        ),
        load=(LoadRow(SDO[code], WATER[code], 41, 7), LoadRow("", WATER[code], 12, 0)),
        post=XEN[code],
    )
    brief = BriefPage(
        session="ab2cd3ef",
        title=TITLE[code],
        starts_at=NOW + DAY,
        office=WATER[code],
        rows=four,
        total=46,
        late=7,
        disputed=2,
        promises=(PromiseRow("نیا پمپ لگے گا", XEN[code], words.plain("office.late", 2), "error", "2640718822"),),
        causes=((TOPIC[code], PLACE[code], 14), (TOPIC[code], "", 3)),
        asked=((TOPIC[code], 9),),
        made_at=NOW,
    )
    replies = RepliesPage(
        rows=(ReplyRow("r1", "موقع پر آنا", "عملہ موقع پر آئے گا۔"), ReplyRow("r2", "Tanker", ENGLISH)),
        office=WATER[code],
        places=("number", "topic", "place", "office", "day", "today"),
        key="k" * 22,
        name="Tanker",
        text=ENGLISH,
        errors={"text": words.plain("office.replies_unknown", place="dey")},
    )
    return {
        "office-tickets": ("staff/tickets.html", listing),
        "office-tickets-none": ("staff/tickets.html", nothing),
        "office-tickets-given": ("staff/tickets.html", given),
        "office-ticket": ("staff/ticket.html", office),
        "office-ticket-working": ("staff/ticket.html", working),
        "office-ticket-disputed": ("staff/ticket.html", disputed),
        "office-ticket-closed": ("staff/ticket.html", closed),
        "office-history": ("staff/ticket_history.html", history),
        "office-supervise": ("staff/supervise.html", supervise),
        "office-brief": ("staff/brief.html", brief),
        "office-replies": ("staff/replies.html", replies),
    }
