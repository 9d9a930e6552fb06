"""The pages about staff with believable contents: invitations, links, accounts, the second factor."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import LANGUAGES, Words
from web.cards import Choice, SessionCard
from web.pages.receipts import square
from web.people_shapes import (
    AccountPage,
    AccountValues,
    CodesPage,
    HereRow,
    InvitePage,
    InviteRow,
    LinkCard,
    LinksPage,
    LoginRow,
    PendingRow,
    PeoplePage,
    PersonPage,
    SetUpSecondPage,
    StaffRow,
)
from web.shapes import Link, MessagePage
from web.staff_shapes import SecondStepPage, SignInPage

NOW = 1_767_589_200_000
DAY = 86_400_000
TITLE = {
    "ur": "ڈپٹی کمشنر بہاولنگر کی کھلی کچہری: پینے کا پانی اور سڑکیں",
    "en": "Deputy Commissioner Bahawalnagar: drinking water and roads",
}
OFFICE = {"ur": "دفتر ڈپٹی کمشنر بہاولنگر", "en": "Office of the Deputy Commissioner, Bahawalnagar"}
WATER = {"ur": "پبلک ہیلتھ انجینئرنگ", "en": "Public Health Engineering"}
ROLES = ("chair", "moderator", "clerk", "official", "interpreter", "officer", "observer", "administrator")
LINK = "https://kachehri.bahawalnagar.example/invite/Jq3v0bT8sW2mZk5xPq7LrA"
NAMES = ("نادیہ اسلم", "Rashid Mahmood", "محمد بشیر احمد چودھری", "Amina Khan")


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    session = SessionCard("ab2cd3ef", TITLE[code], "scheduled", NOW + DAY, OFFICE[code])
    roles = tuple(Choice(role, words.plain(f"role.{role}")) for role in ROLES)
    offices = (Choice("", words.plain("team.whole_house")), Choice("desk", OFFICE[code]), Choice("phe", WATER[code]))
    languages = tuple(Choice(tag, each.name) for tag, each in LANGUAGES.items())
    only = words.plain("team.only", title=TITLE[code], when=words.dates.when(NOW + DAY))
    everybody = tuple(
        StaffRow(f"{n:016x}", name, f"user.{n}", role, office, off=n == 3, second=n < 2, me=n == 0)
        for n, (name, role, office) in enumerate(
            zip(
                NAMES,
                ("administrator", "moderator", "officer", "clerk"),
                ("", OFFICE[code], WATER[code], ""),
                strict=True,
            )
        )
    )
    house = PeoplePage(
        path="/people",
        key="k" * 22,
        rows=tuple(InviteRow(n, role=role) for n, role in enumerate(("chair", "moderator", "officer", "officer"))),
        roles=roles,
        offices=offices,
        spans=(Choice("good", words.plain("team.for_good")), Choice("goodab2cd3ef", only)),
        seats=(),
        span="good",
        language=code,
        languages=languages,
        staff=everybody,
        pending=(
            PendingRow("p1", NAMES[2], "officer", WATER[code], "", NOW + 7 * DAY, False, False, True),
            PendingRow("p2", NAMES[3], "official", "", TITLE[code], NOW - DAY, True, False, True),
            PendingRow("p3", NAMES[1], "clerk", "", "", NOW + DAY, False, True, True),
        ),
    )
    here = replace(
        house,
        path="/sessions/ab2cd3ef/people",
        session=session,
        spans=(),
        seats=(Choice("chair", words.plain("seat.official")),),
        staff=(),
        here=(HereRow("a1", NAMES[0], "moderator", "", True), HereRow("a2", NAMES[1], "official", "chair")),
    )
    cards = tuple(
        LinkCard(n, name, words.plain(f"role.{role}"), what, LINK, square(LINK), NOW + 7 * DAY)
        for n, (name, role, what) in enumerate(
            zip(NAMES, ("chair", "moderator", "officer", "officer"), (OFFICE[code], "", WATER[code], ""), strict=True)
        )
    )
    logins = (
        LoginRow("l1", "Chrome, Android", "203.0.113.77", NOW - 2 * DAY, NOW, True),
        LoginRow("l2", "Firefox, Windows", "2001:db8:4:5:6:7:8:9", NOW - DAY, NOW - DAY // 2),
        LoginRow("l3", "", "198.51.100.4", NOW - DAY, NOW - DAY),
    )
    mine = AccountPage(
        login="nadia.aslam",
        role=words.plain("role.moderator"),
        office=OFFICE[code],
        values=AccountValues(NAMES[0], code, "اسسٹنٹ کمشنر", "Assistant Commissioner"),
        languages=languages,
        logins=logins,
    )
    invite = InvitePage(
        path="/invite/x",
        name=NAMES[0],
        role=words.plain("role.moderator"),
        office=OFFICE[code],
        inviter=NAMES[3],
        expires_at=NOW + 7 * DAY,
        login="nadia.aslam",
    )
    second = SetUpSecondPage(
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", square("otpauth://totp/x"), NOW
    )
    person = PersonPage(everybody[1], roles, offices, "desk", "k" * 22, logins)
    dead = MessagePage(
        title=words.plain("invite.dead_title"),
        lines=(words.plain("invite.dead.used"), words.plain("invite.ask", name=NAMES[3])),
        links=(Link(words.plain("staff.signin"), "/staff", "key"), Link(words.plain("error.home"), "/")),
        icon="lock",
    )
    return {
        "staff-people": ("staff/people.html", house),
        "staff-people-mistakes": (
            "staff/people.html",
            replace(
                house,
                setting_up=True,
                rows=(replace(house.rows[0], name=NAMES[0]), *house.rows[1:]),
                errors={"name1": words.plain("team.no.name", most=80), "role2": words.plain("team.no.role")},
            ),
        ),
        "staff-people-here": ("staff/people.html", here),
        "staff-people-here-empty": ("staff/people.html", replace(here, here=(), pending=())),
        "staff-links": ("staff/links.html", LinksPage("/people", OFFICE[code], cards, True)),
        "staff-link-reset": (
            "staff/links.html",
            LinksPage("/people/x", OFFICE[code], (replace(cards[0], reset=True, what=""),)),
        ),
        "staff-person": ("staff/person.html", person),
        "staff-person-off": (
            "staff/person.html",
            replace(person, person=everybody[3], logins=(), message=words.plain("person.done.shut")),
        ),
        "invite": ("staff/invite.html", invite),
        "invite-mistakes": (
            "staff/invite.html",
            replace(
                invite,
                me=NAMES[3],
                errors={"login": words.plain("invite.no.taken"), "password": words.plain("invite.no.password_short")},
            ),
        ),
        "invite-hearing": ("staff/invite.html", replace(invite, session=session, role=words.plain("role.official"))),
        "invite-hearing-me": ("staff/invite.html", replace(invite, session=session, me=NAMES[3])),
        "invite-reset": ("staff/invite.html", replace(invite, reset=True)),
        "invite-dead": ("message.html", dead),
        "account": ("staff/account.html", mine),
        "account-second": ("staff/account.html", replace(mine, second=True, codes_left=7, logins=logins[:1])),
        "account-guest": ("staff/account.html", replace(mine, guest=True, login="", logins=logins[:1])),
        "account-mistakes": (
            "staff/account.html",
            replace(mine, errors={"old": words.plain("account.old_wrong")}, message=words.plain("account.ended")),
        ),
        "second-setup": ("staff/second_setup.html", second),
        "second-setup-clock": (
            "staff/second_setup.html",
            replace(second, errors={"code": words.plain("second.ahead_h", 5)}),
        ),
        "codes": (
            "staff/codes.html",
            CodesPage(tuple(f"{n}fk3v-9xq2{n}" for n in range(8)), OFFICE[code], "nadia.aslam"),
        ),
        "sign-in-second": ("staff/second.html", SecondStepPage(NOW)),
        "sign-in-second-wrong": (
            "staff/second.html",
            SecondStepPage(NOW, errors={"code": words.plain("second.wrong")}),
        ),
        "sign-in-ended": ("staff/sign_in.html", SignInPage(message=words.plain("staff.ended"), tone="warn")),
    }
