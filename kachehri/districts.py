"""Puts a district, read from its file, into the store: on a new server, and again whenever the file has changed."""

from pathlib import Path
from typing import Final

from .district import District
from .store import Connection
from .store import district as rows
from .store.tables import Area, Category, Office, Room

#: Where an office may begin that has no file of its own.
USUAL: Final = Path(__file__).parent / "usual.toml"


def write_district(conn: Connection, district: District, now: int) -> None:
    """Write offices, areas, categories and rooms in the order of the file.

    What is there under the same code is brought up to date; what the file no longer names stays, because tickets and
    hearings point at it.
    """
    rows.save_offices(
        conn,
        [
            Office(
                id=office.code,
                parent_id=office.parent,
                code=office.code,
                name_ur=office.name_ur,
                name_en=office.name_en,
                triage=office.triage,
            )
            for office in district.offices
        ],
    )
    rows.save_areas(
        conn,
        [
            Area(
                id=area.code,
                parent_id=area.parent,
                kind=area.kind,
                code=area.code,
                name_ur=area.name_ur,
                name_en=area.name_en,
                path="".join(f"{code}/" for code in district.area_path(area.code)),
            )
            for area in district.areas
        ],
    )
    rows.save_categories(
        conn,
        [
            Category(
                id=category.code,
                code=category.code,
                group_code=category.group,
                name_ur=category.name_ur,
                name_en=category.name_en,
                office_id=category.office,
                sla_days=category.days,
                keywords=list(category.keywords),
                protected=category.protected,
                position=position,
            )
            for position, category in enumerate(district.categories)
        ],
    )
    rows.save_rooms(
        conn,
        [
            Room(id=room.code, office_id=room.office, name_ur=room.name_ur, name_en=room.name_en, created_at=now)
            for room in district.rooms
        ],
    )
