"""Many rows through one statement, as cheaply as the driver can take them.

SQLite's driver takes tuples as they are; SQLAlchemy's own executemany builds a dictionary for each row and asks each
column's type about each value, which costs more than the insert itself. psycopg gains nothing, and keeps the batches of
`insertmanyvalues`.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.dml import UpdateBase

#: Rows of one insert. The driver lets other threads run at each step of a statement, and a busy event loop is slow to
#: give the interpreter back: one step for many rows is one pause instead of many.
TOGETHER = 64


class Bulk:
    """A statement for rows of one shape.

    Arguments:
        statement: an insert, or an update whose parameters are named explicitly.
        names: the parameter that each field of a row fills, in the order of the fields.
    """

    def __init__(self, statement: UpdateBase, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = tuple(names)
        self._sql = ""
        #: For an insert, the same for `TOGETHER` rows.
        self._many = ""
        self._order: tuple[int, ...] | None = None
        #: Values of columns that no row names: the defaults of their table.
        self._rest: tuple[Any, ...] = ()

    def run(self, conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write the rows; none is no error."""
        if not rows:
            return
        if conn.dialect.name != "sqlite":
            conn.execute(self._statement, [dict(zip(self._names, row, strict=True)) for row in rows])
            return
        if not self._sql:
            self._compile(conn)
        values: Sequence[tuple[Any, ...]] = rows
        if self._order is not None:
            order, rest = self._order, self._rest
            values = [tuple([whole[place] for place in order]) for whole in [(*row, *rest) for row in rows]]
        if self._many:
            whole = len(values) - len(values) % TOGETHER
            for at in range(0, whole, TOGETHER):
                conn.exec_driver_sql(self._many, tuple(chain.from_iterable(values[at : at + TOGETHER])))
            values = values[whole:]
        if values:
            conn.exec_driver_sql(self._sql, list(values))

    def _compile(self, conn: Connection) -> None:
        compiled = self._statement.compile(dialect=conn.dialect, column_keys=list(self._names))
        defaults = {column.key: column.default.arg for column in getattr(compiled, "insert_prefetch", ())}
        self._rest = tuple(defaults.values())
        known = (*self._names, *defaults)
        order = tuple(known.index(name) for name in getattr(compiled, "positiontup", ()))
        self._order = None if order == tuple(range(len(self._names))) else order
        self._sql = compiled.string
        head, values, row = self._sql.partition(" VALUES ")
        if values:
            self._many = head + values + ", ".join([row] * TOGETHER)
