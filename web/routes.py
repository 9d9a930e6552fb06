"""Every address of the server, with the row of the role table that guards it.

An address without a row does not start the server: `open` are those that anybody may see, `secret` those whose link
is the key; all others name an action of moderation/roles.py, and a test holds the two tables together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web import numbers, whip
from web.api import reading as api
from web.api.operations import PREFIX, serve
from web.assets import Assets
from web.open311 import filing as open311_filing
from web.open311 import reading as open311
from web.open311 import updates as open311_updates
from web.pages import (
    account,
    alerts,
    announcing,
    asking,
    audit,
    carry,
    citizen,
    components,
    contact,
    desk,
    desk_acts,
    desk_reading,
    equipment,
    following,
    developers,
    guides,
    home,
    hooks_out,
    invite,
    live,
    look,
    keys,
    mine,
    minutes,
    notices,
    offices,
    official,
    opening,
    own_numbers,
    passes,
    people,
    person,
    plain,
    posts,
    practice,
    promise_card,
    promises,
    receipts,
    register,
    routing,
    routing_rule,
    schedule,
    scorecard,
    setup,
    sign_in,
    staff,
    ticket_acts,
    ticket_citizen,
    tickets,
    track,
    turns,
    worker,
)

Endpoint = Callable[[Request], Awaitable[Response]]
OPEN: Final = "open"
SECRET: Final = "secret"


class Address(NamedTuple):
    """One path and method."""

    method: str
    path: str
    endpoint: Endpoint
    action: str


CITIZEN: Final = (
    Address("GET", "/", home.home, OPEN),
    Address("GET", "/hearings.ics", home.coming, OPEN),
    Address("GET", "/how", plain.how, OPEN),
    Address("GET", "/privacy", plain.privacy, OPEN),
    Address("POST", "/language", plain.language, OPEN),
    Address("GET", "/help", guides.show, OPEN),
    Address("GET", "/help/{guide}", guides.show, OPEN),
    Address("GET", "/look", look.form, OPEN),
    Address("POST", "/look", look.choose, OPEN),
    Address("GET", "/components", components.show, OPEN),
    Address("GET", "/s/{session}", citizen.session, OPEN),
    Address("POST", "/s/{session}/join", citizen.join, "page.live"),
    Address("POST", "/s/{session}/object", citizen.objection, "participant.object"),
    Address("GET", "/s/{session}/hearing.ics", home.one, OPEN),
    Address("GET", "/s/{session}/ask", asking.form, "question.ask"),
    Address("POST", "/s/{session}/ask", asking.post, "question.ask"),
    Address("GET", "/s/{session}/live", live.live, "page.live"),
    Address("GET", "/s/{session}/check", turns.check, "page.live"),
    Address("GET", "/alerts", alerts.key, OPEN),
    Address("POST", "/s/{session}/alerts", alerts.switch, "page.live"),
    Address("POST", "/s/{session}/support", live.support, "question.support"),
    Address("GET", "/s/{session}/next", turns.turn, "turn.accept"),
    Address("GET", "/s/{session}/stage", turns.turn, "turn.accept"),
    Address("POST", "/s/{session}/turn", turns.act, "turn.ready"),
    Address("GET", "/s/{session}/scorecard", scorecard.show, OPEN),
    Address("POST", "/s/{session}/scorecard", scorecard.switch, "page.setup"),
    Address("GET", "/s/{session}/promise", promises.show, "outcome.read_back"),
    Address("POST", "/s/{session}/promise", promises.answer, "outcome.read_back"),
    Address("GET", "/q/{token}", receipts.receipt, SECRET),
    Address("POST", "/q/{token}/promise", promises.by_link, SECRET),
    Address("GET", "/q/{token}/promise.png", promise_card.by_link, SECRET),
    Address("GET", "/t/{reference}/promise.png", promise_card.by_number, OPEN),
    Address("GET", "/q/{token}/do/{act}", ticket_citizen.ask, SECRET),
    Address("POST", "/q/{token}/do/{act}", ticket_citizen.act, SECRET),
    Address("GET", "/q/{token}/picture/{picture}", ticket_citizen.picture, SECRET),
    Address("GET", "/q/{token}/mine", mine.show, SECRET),
    Address("GET", "/q/{token}/mine.json", mine.take, SECRET),
    Address("POST", "/q/{token}/erase", mine.erase, SECRET),
    Address("GET", "/q/{token}/pictures/{picture}", ticket_acts.citizens_picture, SECRET),
    Address("GET", "/q/{token}/slip", receipts.slip, SECRET),
    Address("GET", "/q/{token}/notices", contact.hers, SECRET),
    Address("POST", "/q/{token}/notices", contact.hers, SECRET),
    Address("GET", "/q/{token}/number.png", receipts.picture, SECRET),
    Address("POST", "/q/{token}/withdraw", receipts.withdraw, SECRET),
    Address("GET", "/mine", own_numbers.show, OPEN),
    Address("POST", "/mine", own_numbers.find, OPEN),
    Address("GET", "/track", track.form, OPEN),
    Address("POST", "/track", track.post, OPEN),
    Address("GET", "/t/{reference}", following.show, OPEN),
    Address("GET", "/t/{reference}/follow", following.form, "ticket.follow"),
    Address("POST", "/t/{reference}/follow", following.follow, "ticket.follow"),
    Address("GET", "/t/{reference}/share.png", following.picture, OPEN),
    Address("GET", "/continue", carry.form, OPEN),
    Address("POST", "/continue", carry.post, OPEN),
    Address("GET", "/sw.js", worker.script, OPEN),
    Address("GET", "/offline", worker.offline, OPEN),
    Address("POST", "/pass", passes.give, "page.live"),
    Address("OPTIONS", "/whip/{session}/{seat}", whip.options, SECRET),
    Address("POST", "/whip/{session}/{seat}", whip.publish, SECRET),
    Address("OPTIONS", "/whip/{session}/{seat}/{peer}", whip.options, SECRET),
    Address("DELETE", "/whip/{session}/{seat}/{peer}", whip.end, SECRET),
    Address("GET", "/metrics", numbers.show, SECRET),
    Address("GET", "/healthz", plain.healthz, OPEN),
    Address("GET", "/readyz", plain.readyz, OPEN),
    Address("GET", "/favicon.ico", plain.favicon, OPEN),
)
STAFF: Final = (
    Address("GET", "/staff", sign_in.form, OPEN),
    Address("POST", "/staff", sign_in.enter, OPEN),
    Address("GET", "/staff/second", sign_in.second, OPEN),
    Address("POST", "/staff/second", sign_in.confirm, OPEN),
    Address("POST", "/staff/out", sign_in.leave, OPEN),
    Address("GET", "/invite/{token}", invite.show, SECRET),
    Address("POST", "/invite/{token}", invite.use, SECRET),
    Address("GET", "/account", account.show, "page.account"),
    Address("POST", "/account", account.act, "page.account"),
    Address("GET", "/account/notices", contact.mine, "page.account"),
    Address("POST", "/account/notices", contact.mine, "page.account"),
    Address("GET", "/account/second", account.second, "page.account"),
    Address("POST", "/account/second", account.confirm, "page.account"),
    Address("GET", "/people", people.show, "page.accounts"),
    Address("POST", "/people", people.act, "page.accounts"),
    Address("GET", "/people/{account}", person.show, "page.accounts"),
    Address("POST", "/people/{account}", person.act, "page.accounts"),
    Address("GET", "/sessions/{session}/people", people.show_here, "page.invite"),
    Address("POST", "/sessions/{session}/people", people.act_here, "page.invite"),
    Address("GET", "/sessions/{session}/equipment", equipment.show, "page.equipment"),
    Address("POST", "/sessions/{session}/equipment", equipment.act, "page.equipment"),
    Address("GET", "/desk", staff.mine, "page.staff"),
    Address("GET", "/mod/{session}", desk.show, "page.desk"),
    Address("POST", "/mod/{session}", desk.act, "page.desk"),
    Address("GET", "/mod/{session}/words", desk_reading.words, "page.desk"),
    Address("GET", "/mod/{session}/find", desk_reading.find, "page.desk"),
    Address("GET", "/mod/{session}/people", desk_reading.people, "page.desk"),
    Address("GET", "/mod/{session}/sums", desk_reading.sums, "page.desk"),
    Address("POST", "/mod/{session}/many", desk_acts.many, "page.desk"),
    Address("POST", "/mod/{session}/phone", desk_acts.phone, "phone.reveal"),
    Address("GET", "/official/{session}", official.show, "page.official"),
    Address("GET", "/setup", setup.show, OPEN),
    Address("POST", "/setup", setup.begin, OPEN),
    *(Address("GET", f"/setup/{each}", setup.step, "page.setup") for each in setup.STEPS),
    *(Address("POST", f"/setup/{each}", setup.save, "page.setup") for each in setup.STEPS),
    Address("GET", "/offices", offices.show, "page.offices"),
    Address("GET", "/offices/entry", offices.entry, "page.offices"),
    Address("POST", "/offices/entry", offices.save, "page.offices"),
    Address("GET", "/offices/import", offices.bring, "page.offices"),
    Address("POST", "/offices/import", offices.look, "page.offices"),
    Address("GET", "/offices/file", offices.file, "page.offices"),
    Address("GET", "/posts", posts.show, "page.posts"),
    Address("GET", "/posts/new", posts.new, "page.posts"),
    Address("POST", "/posts/new", posts.add, "page.posts"),
    Address("GET", "/posts/{post}", posts.one, "page.posts"),
    Address("POST", "/posts/{post}", posts.act, "page.posts"),
    Address("GET", "/routing", routing.show, "page.routing"),
    Address("POST", "/routing", routing.undo, "page.routing"),
    Address("GET", "/routing/holes", routing.show_holes, "page.routing"),
    Address("GET", "/routing/rule", routing_rule.form, "page.routing"),
    Address("POST", "/routing/rule", routing_rule.act, "page.routing"),
    Address("GET", "/practice", practice.show, "page.practice"),
    Address("POST", "/practice", practice.begin, "page.practice"),
    Address("POST", "/sessions/{session}/simulate", practice.simulate, "session.simulate"),
    Address("GET", "/sessions/{session}/announced", announcing.announced, "page.schedule"),
    Address("GET", "/sessions/{session}/poster", announcing.poster, "page.schedule"),
    Address("GET", "/sessions/new", schedule.new, "session.schedule"),
    Address("POST", "/sessions/new", schedule.create, "session.schedule"),
    Address("GET", "/audit", audit.show, "page.audit"),
    Address("GET", "/notices", notices.show, "page.notices"),
    Address("POST", "/notices", notices.act, "page.notices"),
    Address("GET", "/hooks-out", hooks_out.show, "page.hooks"),
    Address("POST", "/hooks-out", hooks_out.act, "page.hooks"),
    Address("GET", "/erase", mine.by_number, "page.erase"),
    Address("POST", "/erase", mine.at_her_wish, "page.erase"),
    Address("GET", "/tickets", tickets.listing, "page.tickets"),
    Address("GET", "/tickets/{reference}", tickets.show, "page.tickets"),
    Address("POST", "/tickets", tickets.many, "ticket.act"),
    Address("POST", "/tickets/{reference}", tickets.post, "page.status"),
    Address("POST", "/tickets/{reference}/act", ticket_acts.act, "ticket.act"),
    Address("GET", "/keys", keys.show, "page.keys"),
    Address("POST", "/keys", keys.act, "page.keys"),
    Address("POST", "/tickets/{reference}/pictures", ticket_acts.picture, "ticket.act"),
    Address("GET", "/tickets/{reference}/pictures/{picture}", ticket_acts.shown_picture, "page.tickets"),
    Address("POST", "/tickets/{reference}/phone", ticket_acts.phone, "ticket.phone"),
    Address("GET", "/tickets/{reference}/history", ticket_acts.history, "page.tickets"),
    Address("GET", "/sessions/{session}/opening", opening.show, "page.opening"),
    Address("POST", "/sessions/{session}/opening", opening.act, "page.promises"),
    Address("GET", "/sessions/{session}/minutes", minutes.show, "page.minutes"),
    Address("GET", "/sessions/{session}/minutes.pdf", minutes.pdf, "page.minutes"),
    Address("GET", "/sessions/{session}/register", register.show, "page.register"),
    Address("GET", "/sessions/{session}/register.pdf", register.pdf, "page.register"),
    Address("GET", "/sessions/{session}/register.csv", register.csv, "page.register"),
    Address("GET", "/sessions/{session}/register.xlsx", register.xlsx, "page.register"),
    Address("GET", "/sessions/{session}/edit", schedule.edit, "page.schedule"),
    Address("POST", "/sessions/{session}/edit", schedule.change, "page.schedule"),
)
#: Doors for other programs. What is posted there needs the program's key, and so does the list of updates.
PROGRAMS: Final = (
    Address("POST", "/hooks/sms/{secret}", hooks_out.receipt, SECRET),
    Address("GET", "/developers", developers.show, OPEN),
    Address("GET", f"{PREFIX}/openapi.json", developers.description, OPEN),
    *(Address("GET", each.path, serve(each), OPEN) for each in api.OPERATIONS),
    Address("GET", "/open311/v2/discovery.{format}", open311.discovery, OPEN),
    Address("GET", "/open311/v2/services.{format}", open311.services, OPEN),
    Address("GET", "/open311/v2/services/{code}.{format}", open311.definition, OPEN),
    Address("GET", "/open311/v2/requests.{format}", open311.requests, OPEN),
    Address("POST", "/open311/v2/requests.{format}", open311_filing.post, SECRET),
    Address("GET", "/open311/v2/requests/{id}.{format}", open311.one_request, OPEN),
    Address("GET", "/open311/v2/tokens/{token}.{format}", open311_filing.token, SECRET),
    Address("GET", "/open311/v2/servicerequestupdates.{format}", open311_updates.listing, SECRET),
    Address("POST", "/open311/v2/servicerequestupdates.{format}", open311_updates.post, SECRET),
)
ADDRESSES: Final = (*CITIZEN, *STAFF, *PROGRAMS)


def routes(assets: Assets) -> list[Route]:
    """The table as Starlette wants it; HEAD follows GET."""
    made = [Route(each.path, each.endpoint, methods=[each.method]) for each in _by_path(ADDRESSES)]
    return [*made, Route("/static/{path:path}", assets.serve, methods=["GET"])]


def _by_path(addresses: tuple[Address, ...]) -> list[Address]:
    return sorted(addresses, key=lambda each: (each.path.count("{"), each.path))
