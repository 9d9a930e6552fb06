"""One ticket as its office sees it: whose turn it is, its clocks, what may be done, and everything that happened.

Reads and draws; what is sent from this page is taken in web/pages/ticket_acts.py and web/pages/tickets.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import calendars, filing, particulars, standing, ticketing
from kachehri.evidence import PICTURES_MOST
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.particulars import Reached, Sent
from kachehri.standing import Capacity, Offer, reads_of_money
from kachehri.store import Connection, actors, content, evidence, replies, ticket_lists
from kachehri.store import tickets as ticket_rows
from kachehri.store.evidence import Pictured
from kachehri.store.tables import Account, Reply, Ticket
from kachehri.tickets import clocks, events
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.decide import Context, doubted
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life, replay
from kachehri.tickets.lifecycle import STATES
from kachehri.tickets.reach import reach
from web import alike, clock_words, forms, reading, ticket_story
from web.act_forms import FORMS, Ask, outcomes, tried
from web.cards import Choice
from web.errors import sentence
from web.house import House
from web.staff import may
from web.ticket_names import Known, Names
from web.ticket_shapes import ActCard, ClockRow, Facts, FieldRow, PictureRow, StatusValues, TicketDeskPage, Tone

REVEAL_REASONS: Final = ("call_back", "line_lost", "visit", "danger")
#: Clocks in the order in which they end, and what has to be open for them to be worth showing.
_CLOCKS: Final = ("accept", "first", "resolve")


@dataclass(frozen=True)
class Back:
    """A form that came back: which, what was typed, and what is wrong with it."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    said_tone: str = "ok"
    reached: Reached | None = None
    status: int = 200


@dataclass(frozen=True)
class Read:
    """All that the page needs of the database."""

    ticket: Ticket
    life: Life
    steps: list[Happened]
    texts: Mapping[str, str]
    known: Known
    followers: int
    references: Mapping[str, str]
    children: tuple[str, ...]
    pictures: list[Pictured]
    replies: list[Reply]
    offers: tuple[Offer, ...]
    sides: tuple[Capacity, ...]
    posts: list[tuple[str, str, str, str]]
    ctx: Context
    calendar: WorkingCalendar
    #: Where it is, of a ticket that came by a program.
    place: str = ""
    released: bool = False


def reference_of(request: Request) -> str:
    return only_digits(request.path_params["reference"][:32])


def found_in(conn: Connection, account: Account, reference: str, now: int) -> Ticket:
    """The ticket, if it is within reach; else there is no such ticket, whether there is or not."""
    found = ticket_rows.by_reference(conn, reference)
    if found is None or not ticket_lists.within(conn, reach(conn, account, now), found.id):
        raise HTTPException(404)
    return found


def read(conn: Connection, account: Account, reference: str, now: int) -> Read:
    ticket = found_in(conn, account, reference, now)
    steps = ticketing.history(conn, ticket.id)
    life = replay(ticket.id, steps)
    chart, sides, ctx = standing.known(conn, account, life, now)
    offers = tuple(found for name in FORMS if (found := offered(name, life, sides, ctx)))
    ids = [*ticket_story.contents(steps), *([ticket.content_id] if ticket.content_id else [])]
    if life.submitted:
        ids.append(life.submitted.note.id)
    others = {step.body.parent for step in steps if isinstance(step.body, events.Joined)}
    children = ticket_rows.children(conn, ticket.id)
    related = [each for id in others if (each := ticket_rows.get(conn, id))]
    offices = {life.office or ticket.office_id, account.office_id or ""}
    return Read(
        ticket=ticket,
        life=life,
        steps=steps,
        texts=content.texts_of(conn, ids),
        known=Known.read(conn, ticket_story.actors(steps)),
        followers=ticket_rows.follower_count(conn, ticket.id),
        references={each.id: each.reference for each in related},
        children=tuple(each.reference for each in children),
        pictures=evidence.of_ticket(conn, ticket.id),
        replies=replies.of_offices(conn, {account.office_id} - {None} or {life.office}),  # type: ignore[arg-type]
        offers=offers,
        sides=sides,
        posts=actors.of_offices(conn, [each for each in offices if each]),
        ctx=ctx,
        calendar=calendars.current(conn),
        place=filing.place_of(conn, ticket.id) if ticket.origin == filing.ORIGIN else "",
        released=filing.is_released(conn, ticket),
    )


def offered(name: str, life: Life, sides: tuple[Capacity, ...], ctx: Context) -> Offer | None:
    act, around = tried(name, life, ctx)
    return standing.offer(life, act, sides, around)


async def drawn(house: House, request: Request, account: Account, back: Back | None = None) -> Response:
    """The page, with a form that came back or without."""
    back = back or Back()
    words, now = house.words(request), house.now()
    found = await house.service.read(read, account, reference_of(request), now)
    district = await house.districts.get()
    names = Names(found.known, district, words)
    acting = may(account, "ticket.act")
    beside = await alike.beside(house, account, found.ticket, found.life, found.sides, names, now) if acting else ()
    possible = [each for each in found.offers if not each.why] if acting else []
    page = TicketDeskPage(
        facts=await facts(house, found, names, now),
        clocks=clock_rows(found, words, now),
        story=ticket_story.rows(
            found.steps, found.texts, names, found.references, account.id, now, money=reads_of_money(found.sides)
        ),
        hints=beside,
        flagged=found.life.flagged and reads_of_money(found.sides),
        acts=tuple(card(each, found, names, back) for each in possible),
        cannot=tuple((each.act, sentence(words, each.why)) for each in found.offers if each.why) if acting else (),
        pictures=picture_rows(found.pictures, back.pictures),
        seq=found.life.seq,
        may_post=may(account, "page.status") and found.life.is_open,
        may_act=acting,
        may_picture=acting and found.life.is_open and bool(found.sides) and len(found.pictures) < PICTURES_MOST,
        may_explain=may(account, "page.routing") and account.office_id is None,
        may_concern=acting and found.life.is_open and any(x.doer.side in ("triage", "supervisor") for x in found.sides),
        may_call_back=may(account, "ticket.call_back")
        and found.life.protected
        and found.life.is_open
        and account.office_id != (found.life.office or found.ticket.office_id),
        released=found.released,
        may_release=may(account, "ticket.release") and releasable(found),
        may_reveal=may(account, "ticket.phone") and found.ticket.person_id is not None and bool(found.sides),
        key=forms.new_key(),
        today=words.dates.local(now).date().isoformat(),
        replies=tuple(Choice(each.id, each.name) for each in found.replies),
        values=StatusValues(**{name: back.values.get(name, "") for name in ("kind", "day", "text")})
        if back.form == "status"
        else StatusValues(),
        errors=back.errors,
        said=back.said,
        said_tone=back.said_tone,
        reached=back.reached,
        sent=await house.service.read(particulars.sent, house.service.people, found.ticket) if found.sides else Sent(),
        reveal_reason=back.values.get("why", "") if back.form == "phone" else "",
        reveal_words=back.values.get("words", "") if back.form == "phone" else "",
        reveal_reasons=REVEAL_REASONS,
        came_back=back.form,
    )
    return house.show(request, "staff/ticket.html", page, status=back.status)


def releasable(found: Read) -> bool:
    """Whether there are words of a program's filing that everybody might read."""
    ticket = found.ticket
    return (
        ticket.origin == filing.ORIGIN and ticket.privacy == "public" and bool(found.texts.get(ticket.content_id or ""))
    )


async def facts(house: House, found: Read, names: Names, now: int) -> Facts:
    ticket, life, words, district = found.ticket, found.life, names.words, names.district
    private = ticket.privacy != "public"
    name, hidden, village, title = "", True, found.place, ""
    if ticket.session_id and ticket.question_id:
        live = await house.service.live(ticket.session_id)
        question = live.session.queue.questions[ticket.question_id]
        title = reading.title(live.session.lifecycle.title, words)
        hidden = question.hide_name or private
        name = "" if hidden else live.texts.get(question.name, "")
        village = live.texts.get(question.village, "")
    first = next((step.body for step in found.steps if isinstance(step.body, events.Opened)), None)
    due, tone = resolve_by(found, words, now)
    return Facts(
        reference=ticket.reference,
        kind=life.kind,
        state=life.state,
        topic=district.topic(life.category or ticket.category, words),
        place=district.area(ticket.area, words),
        village=village,
        name=name,
        hidden=hidden,
        private=private,
        text=found.texts.get(ticket.content_id or "", ""),
        with_whom=names.post_of_office(life.post, life.office or ticket.office_id),
        turn=words.plain(f"office.turn.{STATES[life.state].next}"),
        opened_at=ticket.opened_at,
        due=due,
        due_tone=tone,
        followers=found.followers,
        session_title=title,
        session=ticket.session_id or "",
        answers=names.post(life.accountable),
        level=life.level,
        outcome=first.outcome if first else "",
        outcome_words=found.texts.get(first.note, "") if first else "",
        outcome_rule=found.texts.get(first.rule, "") if first else "",
        end=life.outcome if life.state in ("resolution_proposed", "closed", "closed_final") else "",
        basis=life.basis,
        parent=found.references.get(life.parent, ""),
        children=found.children,
        parts=tuple((names.office(office), done or 0) for office, done in life.parts.items()),
        draft=(life.submitted.outcome, found.texts.get(life.submitted.note.id, "")) if life.submitted else None,
    )


def resolve_by(found: Read, words: Words, now: int) -> tuple[str, Tone]:
    """How much time is left until the day that the citizen was told; nothing where that is over or another's."""
    life = found.life
    at = ticketing.due_of(life, found.calendar).due_at if life.is_open else None
    return clock_words.left(at, now, found.calendar.days(life.area), words) if at is not None else ("", "")


def clock_rows(found: Read, words: Words, now: int) -> tuple[ClockRow, ...]:
    """The clocks that still say something, the next one first."""
    life, local = found.life, found.calendar.days(found.life.area)
    if not life.is_open:
        return ()
    dues = clocks.dues(life, found.calendar)
    if life.state == "in_appeal":
        wanted = {"appeal": dues.appeal}
    elif life.state == "resolution_proposed":
        wanted = {"arrive": dues.arrive if life.arrived_at is None else None, "silent": dues.silent}
    else:
        wanted = {
            "accept": dues.accept if life.accepted_at is None else None,
            "first": dues.first if life.first_action_at is None else None,
            "resolve": dues.resolve,
        }
    wanted["promise"] = min((each for each in dues.commitments.values()), default=None)
    if life.warned_at is not None:
        wanted["force"] = dues.force
    shown = sorted((at, name) for name, at in wanted.items() if at is not None)
    return tuple(ClockRow(name, at, *clock_words.left(at, now, local, words)) for at, name in shown)


def picture_rows(pictures: list[Pictured], ticked: tuple[str, ...]) -> tuple[PictureRow, ...]:
    return tuple(
        PictureRow(each.id, each.at, each.shown, each.width, each.height, number, each.id in ticked)
        for number, each in enumerate(pictures, 1)
    )


# Forms


def card(offer: Offer, found: Read, names: Names, back: Back) -> ActCard:
    """The form of one act."""
    form, mine = FORMS[offer.act], back.form == offer.act
    over = offer.doer.side == "supervisor"
    fields = tuple(
        FieldRow(
            id=f"{offer.act}-{ask.name}",
            name=ask.name,
            kind=ask.kind,
            needed=ask.needed,
            value=back.values.get(ask.name, "") if mine else preset(ask, found),
            error=back.errors.get(f"{offer.act}-{ask.name}", "") if mine else "",
            options=options(ask, offer, found, names),
        )
        for ask in form.asks
        if (over or not ask.over) and (ask.kind != "pictures" or found.pictures)
    )
    return ActCard(
        name=offer.act,
        icon=form.icon,
        heavy=form.heavy,
        danger=form.danger,
        fields=fields,
        leads=leads(offer, found, names),
        open=mine,
        error=back.errors.get(offer.act, "") if mine else "",
        words=any(each.kind == "words" for each in fields),
    )


def preset(ask: Ask, found: Read) -> str:
    return {"topic": found.life.category, "post": found.life.post}.get(ask.kind, "")


def options(ask: Ask, offer: Offer, found: Read, names: Names) -> tuple[Choice, ...]:
    """What can be chosen in a field; what the rules would refuse is left out."""
    life, words = found.life, names.words
    if ask.kind == "outcome":
        return tuple(Choice(each, words.plain(f"office.outcome.{each}")) for each in outcomes(life))
    if ask.kind == "topic":
        return tuple(Choice(code, name) for code, name in names.district.topics(words).items())
    if ask.kind == "post":
        mine = [each for each in found.posts if each[3] == (life.office or found.ticket.office_id)]
        return tuple(Choice(each[0], names.post(each[0])) for each in mine)
    if ask.kind == "office":
        left_out = {life.office} if offer.act in ("transfer", "share") else set()
        left_out |= set(life.parts) if offer.act == "share" else set()
        ids = [each for each in names.district.offices if each not in left_out]
        if offer.act == "transfer" and life.transfers >= 2:
            ids = [each for each in ids if each == found.ctx.triage]
        return tuple(Choice(each, names.office(each)) for each in ids)
    return ()


def leads(offer: Offer, found: Read, names: Names) -> tuple[str, ...]:
    """What follows from an act, said before it is done."""
    words, life = names.words, found.life
    said = [words.plain(f"office.lead.{offer.act}")]
    if offer.act == "propose" and doubted(life, offer.doer):
        said.append(words.plain("office.lead.propose_again"))
    if offer.act in ("propose", "countersign") and found.children:
        said.append(words.plain("office.lead.children", len(found.children)))
    if offer.act == "escalate":
        post = names.post(found.ctx.above(life.level + 1))
        said.append(words.plain("office.lead.escalate_to", post=post) if post else "")
    if offer.act == "assign" and not options(FORMS["assign"].asks[0], offer, found, names):
        said.append(words.plain("office.lead.no_posts"))
    if offer.act == "transfer":
        said.append(words.plain("office.lead.transfers", n=life.transfers))
    return tuple(each for each in said if each)
