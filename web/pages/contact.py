"""How to reach me: for a citizen with her receipt's link, and for somebody of the staff."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import own_ticket
from kachehri.notices.contacts import Contact, of_account, of_person
from kachehri.store import Connection, people
from kachehri.store import questions as question_rows
from kachehri.store.tables import Account
from kachehri.webpush import target
from web import contact_form, forms
from web.house import House, house_of
from web.pages.alerts import answer, asked
from web.staff import guarded


@guarded("page.account")
async def mine(request: Request, account: Account) -> Response:
    """GET, POST /account/notices."""
    house = house_of(request)
    return await _page(request, house, of_account(account.id), back="/account", citizen=False, phone=False)


async def hers(request: Request) -> Response:
    """GET, POST /q/{token}/notices."""
    house = house_of(request)
    token = request.path_params["token"]
    question = house.service.people.question_of(token)
    person = await house.service.read(_person, question) if question else None
    if person is None:
        raise HTTPException(404)
    phone = await house.service.read(house.service.people.phone, person)
    return await _page(request, house, of_person(person), back=f"/q/{token}", citizen=True, phone=phone is not None)


async def alerts(request: Request) -> Response:
    """POST /q/{token}/alerts: a browser that wants to be told of this number, or takes that back."""
    house = house_of(request)
    wanted = await asked(request)
    if isinstance(wanted, Response):
        return wanted
    question = house.service.people.question_of(request.path_params["token"])
    person = await house.service.read(_person, question) if question else None
    if person is None:
        return answer({"code": "not_found"}, 404)
    contacts, owner = house.notices.contacts, of_person(person)
    if not wanted.p256dh:
        await house.write(lambda conn, now: contacts.forget_push(conn, owner, wanted.endpoint, now))
        return answer({"alerts": False}, 200)
    to = target(wanted.endpoint, wanted.p256dh, wanted.auth)
    if to is None or not house.alerts.post.takes(wanted.endpoint):
        return answer({"code": "malformed"}, 422)
    kept = await house.write(lambda conn, now: contacts.add_push(conn, owner, to, now))
    return answer({"alerts": kept}, 200)


def _person(conn: Connection, question: str) -> str | None:
    """The person behind a question, or behind a number that came after the hearing; none once she was erased."""
    row = question_rows.by_id(conn, question)
    if row is not None:
        found = people.persons_of(conn, [row.asker]).get(row.asker)
    else:
        held = own_ticket.holder(conn, question)
        found = held.person if held else None
    known = people.person(conn, found) if found else None
    return known.id if known is not None and known.erased_at is None else None


async def _page(request: Request, house: House, owner: str, *, back: str, citizen: bool, phone: bool) -> Response:
    words = house.words(request)
    contacts = house.notices.contacts
    contact = await house.service.read(contacts.read, owner) or Contact()
    errors: dict[str, str] = {}
    typed, saved = None, False
    if request.method == "POST":
        fields = await forms.read(request, house.origins)
        contact, errors = contact_form.read(contact, fields, words, citizen=citizen)
        if errors:
            typed = fields.get("email", "")[:254]
        else:
            said = contact
            saved = await house.write(lambda conn, now: contacts.write(conn, owner, said, now))
    page = contact_form.page(
        contact,
        words,
        house.notices.office.hours,
        path=request.url.path,
        back=back,
        citizen=citizen,
        phone=phone,
        saved=saved,
        errors=errors,
        typed=typed,
    )
    return house.show(request, "contact.html", page, status=422 if errors else 200)
