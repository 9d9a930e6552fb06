"""A complaint as its asker, a follower and everybody see it, in every state, with believable contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from tests.web.samples import HOUR, NOW, OFFICE, TEXT, WATER
from web.cards import MyQuestion, OutcomeCard, trodden, way
from web.own_shapes import (
    AlertBox,
    CalledBackPage,
    DoPage,
    FollowPage,
    NumberRow,
    NumbersPage,
    Offered,
    OwnTicketPage,
    PublicTicketPage,
    Standing,
    Told,
)
from web.promise_shapes import PromiseCard
from web.shapes import TrackPage, TrackValues

DAY = 24 * HOUR
POST = {"ur": "ایگزیکٹو انجینئر پبلک ہیلتھ، چشتیاں", "en": "Executive Engineer Public Health, Chishtian"}
OVER = {"ur": "سپرنٹنڈنگ انجینئر، بہاولنگر", "en": "Superintending Engineer, Bahawalnagar"}
NOTE = "موٹر بدل دی گئی ہے اور آج صبح سے پانی چل رہا ہے۔ لائن مین محمد اسلم نے ٹنکی بھی صاف کی۔"


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code, say = words.language.code, words.plain
    place = "چشتیاں شہر" if code == "ur" else "Chishtian city"
    base = Standing(
        "in_progress", WATER[code], NOW, OFFICE[code], POST[code], area=place, due_at=NOW + 20 * DAY, followers=6
    )
    question = MyQuestion(
        "00000000000000a1",
        "2640718822",
        TEXT,
        "answered",
        way("answered"),
        "/q/example",
        WATER[code],
        area=place,
        outcome=OutcomeCard("ordered", OFFICE[code], NOW + 20 * DAY, note="پرزہ پیر تک لگایا جائے گا"),
    )
    began = (
        Told(NOW + 2 * DAY, say("told.started", day=words.dates.day(NOW + 6 * DAY)), NOTE[:40]),
        Told(NOW + DAY, say("told.assigned", post=POST[code])),
        Told(NOW, say("told.opened", office=OFFICE[code])),
    )
    proposed = Told(NOW + 5 * DAY, say("told.proposed", outcome=say("outcome_is.relief_granted")), NOTE)

    def own(state: str, lead: str, *offers: str, **more: object) -> tuple[str, object]:
        page = OwnTicketPage(
            token="t" * 22,
            key="k" * 22,
            reference="2640718822",
            standing=replace(base, state=state),
            lead=lead,
            code="402817",
            offers=tuple(Offered(name, NOW + 20 * DAY if name in ("judge", "dispute") else 0) for name in offers),
            story=began,
            question=replace(question, steps=trodden("heard", True)),
            share_text=say("receipt.share_text", reference="26-4071-8822"),
            share_link="https://hearing.example.pk/track",
            made_at=NOW + 6 * DAY,
        )
        return "own_ticket.html", replace(page, **more)  # type: ignore[arg-type]

    late = replace(base, late=True, due_at=NOW - DAY, over=OVER[code])
    over = replace(base, state="closed", outcome=say("outcome_is.relief_granted"), basis="citizen_confirmed", due_at=0)
    story = (proposed, Told(NOW + 4 * DAY, say("told.evidence"), picture="p1"), *began)
    act = DoPage("t" * 22, "k" * 22, "no", "2640718822", say("do.no"), say("do.no.do"), ())
    row = NumberRow("2640718822", WATER[code], NOW, say("ticket.state.in_progress"), link="/q/example")
    return {
        "own-work": own(
            "in_progress",
            say("next_is.ticket", office=OFFICE[code], day=words.dates.day(NOW)),
            "withdraw",
            alerts=AlertBox(
                "", say("notice.push_title"), say("notice.text.plain", ref="26-4071-8822", link="").strip(), code
            ),
        ),
        "own-late": own(
            "in_progress",
            say("own.lead.late_over", office=OFFICE[code], day=words.dates.day(NOW - DAY), post=OVER[code]),
            "escalate",
            "withdraw",
            standing=late,
        ),
        "own-asked": own(
            "awaiting_citizen", say("own.lead.awaiting_citizen"), "answer", "withdraw", asks="نل کس گلی میں ہے؟"
        ),
        "own-proposed": own(
            "resolution_proposed", say("own.lead.resolution_proposed"), "judge", proposal=proposed, story=story
        ),
        "own-unread": own(
            "resolution_proposed",
            say("own.lead.resolution_proposed"),
            offers=(Offered("judge"),),
            proposal=proposed,
            reads_until=NOW + 21 * DAY,
        ),
        "own-promised": own(
            "in_progress",
            say("next_is.ticket", office=OFFICE[code], day=words.dates.day(NOW + 20 * DAY)),
            standing=replace(base, due_is="promise"),
            promise=PromiseCard(
                "q", "2640718822", TEXT, OFFICE[code], NOW + 20 * DAY, post=POST[code], said="yes", stands="due"
            ),
        ),
        "own-disputed": own("disputed", say("own.lead.disputed_over", post=OVER[code]), told=say("done.no")),
        "own-closed": own("closed", say("own.lead.citizen_confirmed"), "dispute", "appeal", "rate", standing=over),
        "own-moved": own("in_progress", say("own.lead.registered"), refused=say("own.moved")),
        "own-follower": own(
            "resolution_proposed",
            say("own.lead.proposed_other"),
            "judge",
            "alone",
            "leave",
            follower=True,
            answer="no",
            question=None,
            proposal=replace(proposed, said=""),
            standing=replace(base, state="resolution_proposed", follows="2640718814"),
        ),
        "own-parts": own(
            "in_progress",
            say("own.lead.registered"),
            standing=replace(base, parts=((OVER[code], True), (OFFICE[code], False))),
        ),
        "do-no": (
            "own_do.html",
            replace(
                act,
                means=(say("do.no.means_post", post=OVER[code]), say("do.no.clock"), say("do.no.last")),
                asks_words=True,
                words_label=say("do.words_no"),
                asks_end=True,
            ),
        ),
        "do-withdraw": (
            "own_do.html",
            replace(
                act,
                act="withdraw",
                title=say("do.withdraw"),
                button=say("do.withdraw.do"),
                means=(say("do.withdraw.means"), say("do.withdraw.free")),
                grave=True,
            ),
        ),
        "ticket": (
            "ticket.html",
            PublicTicketPage(
                "2640718822",
                replace(base, late=True, due_at=NOW - DAY),
                say("own.lead.late", office=OFFICE[code], day=words.dates.day(NOW - DAY)),
                tuple(replace(each, said="") for each in began),
                open=True,
                address="https://hearing.example.pk/t/2640718822",
            ),
        ),
        "follow": ("follow.html", FollowPage("2640718822", base)),
        "follow-errors": (
            "follow.html",
            FollowPage(
                "2640718822", base, {"phone": "12"}, {"phone": say("field.phone"), "agree": say("follow.need_agree")}
            ),
        ),
        "desk-called": ("staff/called_back.html", CalledBackPage("2640718822", "k" * 22)),
        "numbers": (
            "numbers.html",
            NumbersPage((row, replace(row, reference="2640718814", followed=True)), made_at=NOW),
        ),
        "numbers-by-phone": (
            "numbers.html",
            NumbersPage(
                values={"to": "0301"},
                errors={"to": say("field.phone")},
                message=say("numbers.code_old"),
                by_phone=True,
                made_at=NOW,
            ),
        ),
        "numbers-code": (
            "numbers.html",
            NumbersPage(note="n", phone="4567", message=say("numbers.code_wrong"), by_phone=True, made_at=NOW),
        ),
        "numbers-found": ("numbers.html", NumbersPage((), (row,), made_at=NOW)),
        "track-misread": (
            "track.html",
            TrackPage(
                TrackValues("26-4017-8822", "5678"),
                {"reference": say("misread.places", places=say("misread.5"))},
                misread=tuple((digit, place in (4, 5)) for place, digit in enumerate("2640178822")),
            ),
        ),
    }
