"""Keeps everything that must survive a power cut, in SQLite or PostgreSQL. The only package that speaks SQL.

One module for each subject, one function for each use; a caller opens a transaction with `Store.write` or `Store.read`
and passes the connection along. Every failure that leaves here is a StoreError.
May import: SQLAlchemy, SQLModel, Alembic, psycopg; of this program nothing that decides.
Does not belong here: deciding anything (rooms, kachehri/tickets), or when to commit (kachehri/service.py).
Start reading: engine.py, then event_log.py.
"""

from sqlalchemy import Connection

from .engine import Store, savepoint
from .errors import Conflict, StoreError
from .schema import check, migrate

__all__ = ["Conflict", "Connection", "Store", "StoreError", "check", "migrate", "savepoint"]
