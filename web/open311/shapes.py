"""The standard's objects from ours, with the fields in its order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from kachehri.i18n import Words
from kachehri.store.public_tickets import CLOSED, PublicTicket
from kachehri.store.tables import Area, Category
from web.timeline import Moment
from web.topics import OTHER, District

#: The one question that goes with every service: positions say where, but not whose district of the office it is.
AREA: Final = "area"


def told(words: Words, key: str, **values: object) -> str:
    """A sentence as plain text for programs, without the signs that keep directions apart on a page."""
    return words.raw(key).format(**values)


def w3(at: int, words: Words) -> str:
    """An instant with the district's offset (W3C note on date and time)."""
    return datetime.fromtimestamp(at // 1000, words.dates.zone).isoformat(timespec="seconds")


def services(district: District, words: Words) -> list[dict[str, Any]]:
    return [*(service(each, district, words) for each in district.categories), _other(words)]


def service(category: Category, district: District, words: Words) -> dict[str, Any]:
    office = district.office(category.office_id, words)
    group = f"group.{category.group_code}"
    return {
        "service_code": category.code,
        "service_name": _named(category, words),
        "description": told(
            words, "open311.service_of" if office else "open311.service", n=category.sla_days, office=office
        ),
        "metadata": True,
        # No number is given back for what is protected, so nothing of it can be asked for.
        "type": "blackbox" if category.protected else "realtime",
        "keywords": ", ".join(category.keywords),
        "group": words.raw(group) if words.has(group) else category.group_code,
    }


def _other(words: Words) -> dict[str, Any]:
    return {
        "service_code": OTHER,
        "service_name": words.raw(f"group.{OTHER}"),
        "description": told(words, "open311.other"),
        "metadata": True,
        "type": "realtime",
        "keywords": "",
        "group": words.raw(f"group.{OTHER}"),
    }


def definition(code: str, district: District, words: Words) -> dict[str, Any]:
    parents = {area.parent_id for area in district.areas}
    leaves = [area for area in district.areas if area.id not in parents]
    question = {
        "variable": True,
        "code": AREA,
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": told(words, "open311.area_pick"),
        "order": 1,
        "description": told(words, "open311.area"),
        "values": [{"key": area.code, "name": address(area.code, district, words)} for area in leaves],
    }
    return {"service_code": code, "attributes": [question]}


def address(code: str | None, district: District, words: Words) -> str:
    """A place and what it lies in, the smallest first."""
    by_id = {area.id: area for area in district.areas}
    area = next((each for each in district.areas if each.code == code), None)
    found: list[Area] = []
    while area is not None and area not in found:
        found.append(area)
        area = by_id.get(area.parent_id or "")
    return ", ".join(_named(each, words) for each in found)


def request(
    row: PublicTicket, district: District, words: Words, moments: Sequence[Moment] | None = None
) -> dict[str, Any]:
    """Arguments: moments: the ticket's life, where extensions were asked for."""
    closed = row.state in CLOSED
    shown: dict[str, Any] = {
        "service_request_id": row.reference,
        "status": "closed" if closed else "open",
        "status_notes": notes(row, words),
        "service_name": district.topic(row.category, words),
        "service_code": row.category or OTHER,
        "description": row.text or about(row, district, words),
        "agency_responsible": district.office(row.office_id, words) or None,
        "service_notice": None
        if closed or not row.due_at
        else told(words, "open311.due", day=words.dates.day(row.due_at)),
        "requested_datetime": w3(row.opened_at, words),
        "updated_datetime": w3(row.closed_at if closed and row.closed_at else row.moved_at, words),
        "expected_datetime": w3(row.due_at, words) if row.due_at else None,
        "address": address(row.area, district, words) or None,
        "address_id": row.area or None,
        "zipcode": None,
        "lat": row.lat,
        "long": row.long,
        "media_url": None,
    }
    if moments is not None:
        shown["extended_attributes"] = {
            "kachehri_state": row.state,
            "outcome": row.outcome,
            "closure_basis": row.closure_basis,
            "session_id": row.session_id,
        }
        shown["notes"] = [note(each, words) for each in moments]
    return shown


def about(row: PublicTicket, district: District, words: Words) -> str:
    """What it is about, where nobody has released its words."""
    topic, place = district.topic(row.category, words), district.area(row.area, words)
    return told(words, "open311.about_in" if place else "open311.about", topic=topic, place=place)


def notes(row: PublicTicket, words: Words) -> str:
    """How it stands, in the words of the pages; a close says on whose word."""
    parts = [words.raw(f"ticket.state.{row.state}")]
    if row.state in CLOSED:
        for key in (f"open311.outcome.{row.outcome}", f"open311.basis.{row.closure_basis}"):
            if words.has(key):
                parts.append(words.raw(key))
    return " – ".join(parts)


def note(moment: Moment, words: Words) -> dict[str, Any]:
    return {
        "datetime": w3(moment.at, words),
        "description": words.raw(f"moment.{moment.name}"),
        "type": moment.name,
    }


#: The states of the update extension, by ours. What an office calls done is under way until the citizen agrees.
STATUS: Final[Mapping[str, str]] = {
    "registered": "FOR_TRIAGE",
    "routed": "OPEN",
    "assigned": "INVESTIGATING",
    "in_progress": "IN_PROGRESS",
    "awaiting_citizen": "INVESTIGATING",
    "awaiting_external": "IN_PROGRESS",
    "resolution_proposed": "IN_PROGRESS",
    "disputed": "REOPEN",
    "in_appeal": "REOPEN",
}
_ENDS: Final[Mapping[str, str]] = {
    "duplicate": "DUPLICATE",
    "withdrawn": "CANCELLED",
    "referred_outside": "NOT_COUNCILS_RESPONSIBILITY",
    "relief_granted": "CLOSED",
    "partial_relief": "CLOSED",
}


def status_of(moment: Moment) -> str:
    """FIXED is said by the citizen and nobody else."""
    if moment.state in CLOSED:
        if moment.outcome == "relief_granted" and moment.basis == "citizen_confirmed":
            return "FIXED"
        return _ENDS.get(moment.outcome, "NO_FURTHER_ACTION")
    if moment.name == "transferred":
        return "INTERNAL_REFERRAL"
    if moment.name == "line_visit":
        return "ACTION_SCHEDULED"
    return STATUS[moment.state]


def update(reference: str, moment: Moment, words: Words) -> dict[str, Any]:
    return {
        "update_id": f"{reference}-{moment.seq}",
        "service_request_id": reference,
        "status": status_of(moment),
        "description": words.raw(f"moment.{moment.name}"),
        "updated_datetime": w3(moment.at, words),
        "media_url": None,
        "external_status_code": moment.state,
    }


def discovery(address: str, changed: str, contact: str, key_service: str) -> dict[str, Any]:
    formats = ["text/xml", "application/json"]
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{address}/open311/v2",
        "changeset": changed,
        "type": "production",
        "formats": formats,
    }
    return {"changeset": changed, "contact": contact, "key_service": key_service, "endpoints": [endpoint]}


def _named(row: Area | Category, words: Words) -> str:
    return row.name_ur if words.language.code == "ur" else row.name_en


def known_areas(areas: Iterable[Area]) -> dict[str, str]:
    """Every code and id by which a place may be named, and its code."""
    return {name: area.code for area in areas for name in (area.id, area.code)}
