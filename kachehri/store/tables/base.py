"""What all tables share: names for constraints, and columns whose unit is in their type.

Ids are text. Instants are whole milliseconds since the Unix epoch in 64-bit columns, on both databases alike.
"""

from typing import Any, cast

from sqlalchemy import JSON, BigInteger, MetaData, Table
from sqlmodel import Field, SQLModel

# A constraint without a name cannot be changed by a later migration, least of all on SQLite.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """The base of every table; it keeps them out of SQLModel's global list."""

    metadata = MetaData(naming_convention=_NAMES)


def table_of(model: type[Row]) -> Table:
    """The Core table of a model, for statements on hot paths."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


def big(**options: Any) -> Any:
    """A 64-bit whole number: an instant or duration in milliseconds, or a number that only grows."""
    return Field(sa_type=BigInteger, **options)


def json_list() -> Any:
    """A short list that is only ever read whole."""
    return Field(sa_type=JSON, default_factory=list)
