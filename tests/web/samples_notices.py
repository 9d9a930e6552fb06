"""Pages about messages with their contents: nothing sent, doubts and failures, programs, how to reach somebody."""

from __future__ import annotations

from kachehri.i18n import LANGUAGES, Words
from kachehri.notices import wording
from kachehri.notices.contacts import Contact
from kachehri.notices.segments import measure
from kachehri.notices.table import BUDGET, CHANNELS, PLACES, channels_of
from kachehri.notices.timing import Hours
from tests.conftest import MONDAY_MS
from web import contact_form
from web.notice_shapes import CostRow, HookRow, HooksPage, NoticesPage, TextRow, TextsIn, ToldRow

WHYS = ("timeout", "cut", "killed", "none")


def text(name: str, language: str) -> TextRow:
    said = wording.sample(name, language)
    size = measure(said)
    return TextRow(name, said, size.segments, BUDGET[language], size.units, "sms" in channels_of(name))


def rows(whys: tuple[str, ...], state: str) -> tuple[ToldRow, ...]:
    return tuple(
        ToldRow(f"{state}{number}", name, "2640718822", "sms", MONDAY_MS, why)
        for number, (name, why) in enumerate(
            zip(("ticket.proposed", "ticket.closed", "plain", "ticket.asked"), whys, strict=True)
        )
    )


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    texts = tuple(
        TextsIn(code, language.name, language.direction, tuple(text(name, code) for name in PLACES))
        for code, language in LANGUAGES.items()
    )
    counts = ("waiting", "unknown", "failed", "sent", "delivered", "nobody")
    quiet = NoticesPage(
        False, tuple((each, False) for each in CHANNELS), tuple((name, 0, "") for name in counts), texts=texts
    )
    tones = {"unknown": "warn", "failed": "error"}
    busy = NoticesPage(
        True,
        tuple((each, each != "email") for each in CHANNELS),
        tuple((name, 4 * number, tones.get(name, "")) for number, name in enumerate(counts)),
        unknown=rows(WHYS, "unknown"),
        failed=rows(("refused", "receipt", "late", "other"), "failed"),
        costs=(CostRow("sms", "ur", 1_204, 2_371, "5,927.50 PKR"), CostRow("email", "en", 3, 0, "0.00 PKR")),
        total="5,927.50 PKR",
        texts=texts,
        message=words.plain("notices.done_arrived"),
    )
    program = HookRow("h1", "https://tickets.district.example.pk/e-kachehri/incoming", True, False, MONDAY_MS, 2, 3)
    gone = HookRow("h2", "https://old.example.pk/in", False, True, MONDAY_MS, 0, 0)
    contact = Contact(
        email="nadia@example.pk", opens=15, closes=18, plain=True, push=("https://push.example.org/a", "", "")
    )
    return {
        "notices": ("staff/notices.html", busy),
        "notices-off": ("staff/notices.html", quiet),
        "hooks": ("staff/hooks.html", HooksPage((program, gone), secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
        "hooks-none": (
            "staff/hooks.html",
            HooksPage((), url="http://x", errors={"url": words.plain("hooks.url_wrong")}),
        ),
        "contact": (
            "contact.html",
            contact_form.page(
                contact, words, Hours(), path="/q/x/notices", back="/q/x", citizen=True, phone=True, saved=True
            ),
        ),
        "contact-no-phone": (
            "contact.html",
            contact_form.page(
                Contact(),
                words,
                Hours(),
                path="/q/x/notices",
                back="/q/x",
                citizen=True,
                typed="nobody",
                errors={"email": words.plain("contact.email_wrong")},
            ),
        ),
        "contact-staff": (
            "contact.html",
            contact_form.page(Contact(), words, Hours(), path="/account/notices", back="/account", citizen=False),
        ),
    }
