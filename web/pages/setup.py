"""Setting up: the first account, then tasks that can be left and taken up again; later the same pages are settings.

Each step is a page and a form, saved by itself. What a step has reached is read from what stands, not from a counter,
so nothing can be out of step with the truth; only "later" is remembered as such.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import Response

from kachehri import certificates, setting_up, staff
from kachehri.certificates import Finding
from kachehri.district import load_district
from kachehri.districts import USUAL, write_district
from kachehri.i18n import LANGUAGES, Words
from kachehri.i18n.digits import western
from kachehri.store import Conflict, Connection, accounts, district, installation
from kachehri.store.tables import Account
from web import forms
from web.house import House, house_of, see
from web.logins import account_of, keep_login, visit_of
from web.render import LANGUAGE_COOKIE
from web.setup_shapes import AccountPage, AddressPage, OfficesStepPage, SetupPage, StepPage, Task, Verdict
from web.staff import SIGN_IN, guarded, may, not_for_role, within_reach

NAME_MAX: Final = 80
PHONE_MAX: Final = 24
YEAR_S: Final = 31_536_000
#: The forms of setting up, in their order; the other tasks are pages of their own.
STEPS: Final = ("language", "office", "address", "offices")
TASKS: Final = (*STEPS, "people", "practice", "hearing")
HREFS: Final = {"people": "/people", "practice": "/practice", "hearing": "/sessions/new"}
LATER: Final = "setup.later."


class Reached(NamedTuple):
    """What stands already."""

    done: frozenset[str]
    later: frozenset[str]


def reached(conn: Connection) -> Reached:
    said = installation.facts(conn, "house.")
    done = {
        name for name, fact in (("language", "language"), ("office", "name_ur"), ("address", "address")) if fact in said
    }
    if district.triage(conn) is not None and district.rooms(conn):
        done.add("offices")
    counted = installation.progress(conn)
    done |= {name for name in ("people", "practice", "hearing") if counted[name]}
    return Reached(frozenset(done), frozenset(installation.facts(conn, LATER)))


def tasks(found: Reached) -> tuple[Task, ...]:
    """Every task with its state. A hearing needs an office that holds it."""
    made = []
    for name in TASKS:
        state = "done" if name in found.done else "later" if name in found.later else "todo"
        if name in ("practice", "hearing") and "offices" not in found.done:
            state = "waiting"
        made.append(Task(name, HREFS.get(name, f"/setup/{name}"), state))
    return tuple(made)


async def show(request: Request) -> Response:
    """GET /setup: the first account; afterwards the list of tasks."""
    house = house_of(request)
    account = await account_of(house.identity, request)
    if account is not None:
        if not (may(account, "page.setup") and within_reach(account, "page.setup")):
            return not_for_role(house, request, account)
        listed = tasks(await house.service.read(reached))
        page = SetupPage(listed, next((task for task in listed if task.state == "todo"), None))
        return house.show(request, "staff/setup.html", page)
    code = request.query_params.get("code", "")
    taken, fits = await house.service.read(lambda conn: (installation.has_accounts(conn), setting_up.fits(conn, code)))
    if taken:
        return see(f"{SIGN_IN}?next=/setup")
    errors = {"code": house.words(request).plain("setup.code_wrong")} if code and not fits else {}
    page_ = AccountPage(code=code, fits=fits, errors=errors)
    return house.show(request, "staff/setup_account.html", page_, status=403 if errors else 200)


async def begin(request: Request) -> Response:
    """POST /setup: make the first account, sign it in, go on."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    code, name, login = (fields.get(each, "").strip()[:120] for each in ("code", "name", "login"))
    password = fields.get("password", "")
    errors: dict[str, str] = {}
    if not await house.service.read(setting_up.fits, code):
        errors["code"] = words.plain("setup.code_wrong")
    elif "login" in fields:
        errors = await first_account(house, words, code, name, login, password)
        if not errors:
            visit = visit_of(request, house.visitors.of(request).device)
            signed_in = await house.identity.sign_in(login, password, visit)
            return keep_login(see("/setup/language"), signed_in, https=house.place.https)
    fits = "code" not in errors
    page = AccountPage(code=code, fits=fits, name=name, login=login, errors=errors)
    return house.show(request, "staff/setup_account.html", page, status=422 if errors else 200)


async def first_account(house: House, words: Words, code: str, name: str, login: str, password: str) -> dict[str, str]:
    """Make it, in one transaction with the code's end. What is wrong, by field."""
    if not name:
        return {"name": words.plain("setup.need_name")}
    try:
        drafted = await asyncio.to_thread(staff.draft, login, name, "administrator", password)
    except staff.StaffRefused as refused:
        at = "login" if refused.code in ("login", "taken") else "password"
        return {at: words.plain(f"setup.account_{refused.code}")}

    def write(conn: Connection, now: int) -> bool:
        if not setting_up.use_up(conn, code):
            return False
        accounts.add(conn, Account(**{**drafted.model_dump(), "created_at": now, "password_set_at": now}))
        return True

    try:
        made = await house.write(write)
    except Conflict:
        made = False
    return {} if made else {"code": words.plain("setup.code_wrong")}


# The steps


@guarded("page.setup")
async def step(request: Request, account: Account) -> Response:
    """GET /setup/{one of STEPS}."""
    name = request.url.path.rpartition("/")[2]
    return await form(request, name, {}, {})


@guarded("page.setup")
async def save(request: Request, account: Account) -> Response:
    """POST /setup/{one of STEPS}: save it, or say that it comes later, and go on."""
    house = house_of(request)
    words = house.words(request)
    name = request.url.path.rpartition("/")[2]
    fields = await forms.read(request, house.origins)
    if fields.get("do") == "later":
        await house.write(lambda conn, now: installation.keep(conn, LATER, {name: str(now)}))
        return see(after(name))
    errors: dict[str, str] = {}
    match name:
        case "language":
            errors = await language(house, words, fields)
        case "office":
            errors = await office(house, words, fields)
        case "address":
            address = certificates.normal(fields.get("address", ""))
            if address is None:
                errors["address"] = words.plain("setup.address_wrong")
            elif fields.get("do") == "check":
                return await form(request, name, fields, {}, await findings(house, address))
            else:
                await house.own.change(address=address, announced=True)
        case "offices" if fields.get("do") == "usual":
            await house.write(lambda conn, now: usual(conn, now))
            house.districts.forget()
    if errors:
        return await form(request, name, fields, errors)
    await house.write(lambda conn, now: installation.drop(conn, LATER + name))
    if name == "language":  # whoever sets up reads on in the language that she has just chosen
        return keep(house, see(after(name)), LANGUAGE_COOKIE, fields["language"], YEAR_S)
    return see(after(name))


def after(name: str) -> str:
    """The page after a step; after the last form, the list, where everything is seen together."""
    at = STEPS.index(name) + 1
    return f"/setup/{STEPS[at]}" if at < len(STEPS) else "/setup"


async def language(house: House, words: Words, fields: dict[str, str]) -> dict[str, str]:
    chosen, zone = fields.get("language", ""), fields.get("timezone", "").strip() or house.place.timezone
    errors = {}
    if chosen not in LANGUAGES:
        errors["language"] = words.plain("setup.need_language")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        errors["timezone"] = words.plain("setup.zone_unknown")
    if not errors:
        await house.own.change(language=chosen, timezone=zone)
    return errors


async def office(house: House, words: Words, fields: dict[str, str]) -> dict[str, str]:
    name_ur, name_en = (" ".join(fields.get(each, "").split()) for each in ("name_ur", "name_en"))
    helpline = western(fields.get("helpline", "").strip())
    errors = {}
    if not (name_ur or name_en):
        errors["name_ur"] = words.plain("setup.need_office")
    for each, text in (("name_ur", name_ur), ("name_en", name_en)):
        if len(text) > NAME_MAX:
            errors[each] = words.plain("plan.too_long", limit=NAME_MAX)
    if helpline and (
        len(helpline) > PHONE_MAX or not set(helpline) <= set("0123456789+-() ") or not any(map(str.isdigit, helpline))
    ):
        errors["helpline"] = words.plain("setup.helpline_wrong")
    if not errors:
        await house.own.change(name_ur=name_ur, name_en=name_en, helpline=helpline)
    return errors


async def findings(house: House, address: str) -> list[Finding]:
    """The address as a phone would meet it, in a thread: it may take some seconds."""
    found = await asyncio.to_thread(certificates.check, address, now=datetime.now(UTC))
    hint = await asyncio.to_thread(certificates.media_hint, address, house.settings.media.announced_addresses)
    return [*found, hint] if hint else found


def usual(conn: Connection, now: int) -> None:
    """Begin with the departments and matters of any district; never over what somebody has written."""
    if district.triage(conn) is None:
        write_district(conn, load_district(USUAL), now)


def keep(house: House, response: Response, name: str, value: str, lasts_s: int) -> Response:
    response.set_cookie(name, value, max_age=lasts_s, httponly=True, samesite="lax", secure=house.place.https, path="/")
    return response


async def form(
    request: Request, name: str, typed: dict[str, str], errors: dict[str, str], found: list[Finding] | None = None
) -> Response:
    house = house_of(request)
    words = house.words(request)
    place = house.place
    values = {
        "language": place.language,
        "timezone": place.timezone,
        "name_ur": place.name_ur,
        "name_en": place.name_en,
        "helpline": place.helpline,
        "address": place.address if place.announced else str(request.base_url).rstrip("/"),
        **{key: value for key, value in typed.items() if key != "do"},
    }
    if name == "office" and not typed and place.name_ur == house.settings.place.name == "Kachehri":
        values |= {"name_ur": "", "name_en": ""}  # what stands before anybody has said anything is no name
    at = STEPS.index(name)
    common = (name, at + 1, len(TASKS), f"/setup/{STEPS[at - 1]}" if at else "/setup", values, errors)
    status = 422 if errors else 200
    if name == "address":
        page: StepPage = AddressPage(
            *common,
            findings=tuple(verdict(each, words) for each in found or ()),
            checked=values["address"] if found is not None else "",
            server_ms=house.now(),
        )
    elif name == "offices":
        counts = await house.service.read(lambda conn: (len(district.offices(conn)), len(district.categories(conn))))
        ready = load_district(USUAL)
        page = OfficesStepPage(
            *common,
            offices=counts[0],
            categories=counts[1],
            usual_offices=len(ready.offices),
            usual_categories=len(ready.categories),
        )
    else:
        page = StepPage(*common)
    return house.show(request, f"staff/setup_{name}.html", page, status=status)


def verdict(finding: Finding, words: Words) -> Verdict:
    """The sentence of a finding, with its moments as days people say."""
    values = {
        key: words.dates.when(int(value)) if key in ("until", "begins", "now") else value
        for key, value in finding.values.items()
    }
    return Verdict(finding.tone, words.plain(f"cert.{finding.code}", None, **values))
