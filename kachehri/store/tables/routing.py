"""Which post answers for which topic in which place."""

from sqlmodel import Field

from .base import Row, big


class RoutingRule(Row, table=True):
    """A topic or a group of topics, in a place or everywhere, goes to an office and perhaps to one post of it.

    A rule is never altered: whoever changes it ends it and writes another, each change under a number of its own
    (`version`, `gone_version`), so that what was in force at any time can be said.
    """

    __tablename__ = "routing_rule"
    id: str = Field(primary_key=True)
    category: str = ""
    group_code: str = ""
    area_id: str | None = Field(default=None, foreign_key="area.id")
    office_id: str = Field(foreign_key="office.id")
    post_id: str | None = Field(default=None, foreign_key="post.id")
    from_at: int | None = big(default=None)
    to_at: int | None = big(default=None)
    version: int
    gone_version: int | None = None
    made_at: int = big()
    made_by: str = ""
    gone_at: int | None = big(default=None)
    gone_by: str = ""
