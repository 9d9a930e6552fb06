"""The forms of what may be done with a ticket: their fields, what can be chosen in them, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kachehri.particulars import Reached
from kachehri.standing import Offer
from kachehri.tickets.decide import doubted
from web.act_forms import FORMS, Ask, outcomes
from web.cards import Choice
from web.ticket_names import Names
from web.ticket_reading import Read
from web.ticket_shapes import ActCard, FieldRow


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
