"""The district: offices, posts and who holds them, areas, categories, standing rooms, reference numbers."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from .base import Row, big, json_list


class Office(Row, table=True):
    """A department, or a part of one. Exactly one office is the triage desk, where what nobody can place is placed."""

    id: str = Field(primary_key=True)
    parent_id: str | None = Field(default=None, foreign_key="office.id", index=True)
    code: str = Field(unique=True)
    name_ur: str
    name_en: str
    triage: bool = False
    retired_at: int | None = big(default=None)


class Post(Row, table=True):
    """A chair in an office. Reporting lines run between posts, since people are moved and posts stay."""

    id: str = Field(primary_key=True)
    office_id: str = Field(foreign_key="office.id", index=True)
    title_ur: str
    title_en: str
    reports_to: str | None = Field(default=None, foreign_key="post.id")
    retired_at: int | None = big(default=None)


class Posting(Row, table=True):
    """Who holds a post, from when to when. `kind`: holds, acting, or the holder who is away."""

    id: str = Field(primary_key=True)
    post_id: str = Field(foreign_key="post.id", index=True)
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    name: str
    from_at: int = big()
    to_at: int | None = big(default=None)
    kind: str = "holds"


class Area(Row, table=True):
    """A place in a tree of any depth. `path` holds the ids from the root, each followed by a slash.

    `tree`: of which kind. People pick from the tree "revenue"; the districts of police stations, hospitals and power
    lines are trees of their own over the same ground.
    """

    id: str = Field(primary_key=True)
    parent_id: str | None = Field(default=None, foreign_key="area.id", index=True)
    kind: str
    code: str = Field(unique=True)
    name_ur: str
    name_en: str
    path: str = Field(index=True)
    tree: str = "revenue"


class AreaWithin(Row, table=True):
    """A place of one tree that lies in a place of another."""

    __tablename__ = "area_within"
    area_id: str = Field(primary_key=True, foreign_key="area.id")
    within_id: str = Field(primary_key=True, foreign_key="area.id", index=True)


class Category(Row, table=True):
    """What a grievance is about, and which office answers for it in how many working days."""

    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    group_code: str = ""
    name_ur: str
    name_en: str
    office_id: str | None = Field(default=None, foreign_key="office.id")
    sla_days: int = 15
    keywords: list[str] = json_list()
    protected: bool = False
    #: Whoever says that it is solved shows a picture of it.
    picture: bool = False
    position: int = 0
    retired_at: int | None = big(default=None)


class Room(Row, table=True):
    """A standing place for hearings, kept by an office."""

    id: str = Field(primary_key=True)
    office_id: str = Field(foreign_key="office.id")
    name_ur: str
    name_en: str
    created_at: int = big()


class ReferenceCounter(Row, table=True):
    """The next number of a year, before kachehri/tickets/reference.py makes ten digits of it."""

    __tablename__ = "reference_counter"
    year: int = Field(primary_key=True)
    next_number: int = big()


class Calendar(Row, table=True):
    """A day on which offices are closed, or open against the rule, in an area or everywhere.

    `estimated`: it hangs on the moon, and the gazette may still move it. `source`: the published list ("seed"), a file
    ("gazette") or a person ("hand"). What clocks go by are the whole versions in `calendar_version`.
    """

    __table_args__ = (UniqueConstraint("day", "area_id"),)
    id: str = Field(primary_key=True)
    day: str
    area_id: str | None = Field(default=None, foreign_key="area.id")
    kind: str
    name_ur: str = ""
    name_en: str = ""
    estimated: bool = False
    source: str = "hand"
    made_at: int = big(default=0)


class CalendarVersion(Row, table=True):
    """All working time as it was from an instant on, whole, so that a clock of those days can be reckoned again."""

    __tablename__ = "calendar_version"
    version: int = Field(primary_key=True)
    since: int = big()
    body: bytes
    made_by: str = ""


class Installation(Row, table=True):
    """Facts about this database itself, such as which key file belongs to it."""

    name: str = Field(primary_key=True)
    value: str
