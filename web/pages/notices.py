"""What waits, what arrived, what nobody knows, what it costs, and every sentence that leaves the house."""

from __future__ import annotations

from datetime import datetime
from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.audit import Act
from kachehri.i18n import LANGUAGES, Words
from kachehri.notices import receipts, wording
from kachehri.notices.fanning import KINDS
from kachehri.notices.receipts import Verdict
from kachehri.notices.segments import measure
from kachehri.notices.table import BUDGET, CHANNELS, PLACES, channels_of
from kachehri.store import Connection
from kachehri.store import notices as rows
from kachehri.store.notices import Cost, Told
from kachehri.store.tables import Account
from web import forms
from web.house import House, house_of
from web.notice_shapes import CostRow, NoticesPage, TextRow, TextsIn, ToldRow
from web.staff import guarded

#: Of each list; whoever has more has another trouble than these.
LISTED: Final = 50
#: Reasons with a sentence of their own.
WHYS: Final = frozenset(
    {"timeout", "cut", "killed", "fault", "none", "refused", "receipt", "person", "gone", "network", "late"}
)
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
ACTS: Final[dict[Verdict, Act]] = {
    "arrived": "message.arrived",
    "failed": "message.failed",
    "again": "message.again",
}


@guarded("page.notices")
async def show(request: Request, account: Account) -> Response:
    """GET /notices."""
    return await draw(request)


@guarded("page.notices")
async def act(request: Request, account: Account) -> Response:
    """POST /notices: what a person found out about a message, or that it shall go out once more."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    verdict = fields.get("do", "")
    if verdict not in VERDICTS:
        raise forms.FormRefused(400)

    def decide(conn: Connection, now: int) -> bool:
        delivery = fields.get("delivery", "")[:64]
        if not receipts.decide(conn, delivery, verdict, account.id, now):
            return False
        reference, channel = rows.matter(conn, delivery)
        facts = {"channel": channel}
        audit.record(conn, now, action=ACTS[verdict], subject=reference or delivery, account=account.id, facts=facts)
        return True

    done = await house.write(decide)
    said = words.plain(f"notices.done_{verdict}" if done else "notices.done_gone")
    return await draw(request, message=said, tone="ok" if done else "warn")


async def draw(request: Request, *, message: str = "", tone: str = "ok") -> Response:
    house = house_of(request)
    words = house.words(request)
    since = month_start(house.now(), words)

    def read(conn: Connection) -> tuple[list[Told], list[Told], list[Cost], dict[str, int], dict[str, int]]:
        return (
            rows.listing(conn, ["unknown"], limit=LISTED),
            rows.listing(conn, ["failed"], without="hook", limit=LISTED),
            rows.costs(conn, since),
            rows.counts(conn, since),
            rows.tasks(conn, KINDS),
        )

    unknown, failed, costs, counts, tasks = await house.service.read(read)
    currency = house.notices.currency
    page = NoticesPage(
        on=house.notices.on,
        ways=tuple((channel, channel in house.notices.ways) for channel in CHANNELS),
        counts=(
            ("waiting", tasks["waiting"], ""),
            ("unknown", counts.get("unknown", 0), "warn" if counts.get("unknown") else ""),
            ("failed", counts.get("failed", 0), "error" if counts.get("failed") else ""),
            ("sent", counts.get("sent", 0) + counts.get("delivered", 0), ""),
            ("delivered", counts.get("delivered", 0), "ok"),
            ("nobody", tasks["nobody"], ""),
        ),
        unknown=tuple(map(told, unknown)),
        failed=tuple(map(told, failed)),
        costs=tuple(
            CostRow(each.channel, each.language, each.messages, each.segments, money(each.cost, currency))
            for each in costs
        ),
        total=money(sum(each.cost for each in costs), currency),
        texts=texts(house),
        message=message,
        tone=tone,
    )
    return house.show(request, "staff/notices.html", page)


def told(row: Told) -> ToldRow:
    delivery = row.delivery
    return ToldRow(
        id=delivery.id,
        name=delivery.template if delivery.template in PLACES else "plain",
        reference=row.reference,
        channel=delivery.channel,
        at=delivery.sent_at or delivery.created_at,
        why=delivery.why if delivery.why in WHYS else "other",
    )


def texts(house: House) -> tuple[TextsIn, ...]:
    """Every sentence in every language, the languages in the order of the house."""
    return tuple(
        TextsIn(code, language.name, language.direction, tuple(text(name, code, house) for name in PLACES))
        for code, language in LANGUAGES.items()
    )


def text(name: str, language: str, house: House) -> TextRow:
    place = house.place
    said = wording.sample(name, language, address=place.address, zone=place.timezone)
    size = measure(said)
    return TextRow(name, said, size.segments, BUDGET[language], size.units, "sms" in channels_of(name))


def money(hundredths: int, currency: str) -> str:
    return f"{hundredths // 100:,}.{hundredths % 100:02d} {currency}"


def month_start(now: int, words: Words) -> int:
    at = words.dates.local(now)
    return int(datetime(at.year, at.month, 1, tzinfo=at.tzinfo).timestamp() * 1000)
