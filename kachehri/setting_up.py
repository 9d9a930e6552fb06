"""The first steps of a new server: key and database are made, and whoever started it gets a link for the first account.

Whoever can read the terminal may set the server up; nobody else. The link's code is drawn anew at every start for as
long as there is no account. The database has only its hash, and no log has either.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from . import keys
from .settings import Settings
from .store import Connection, Store, StoreError, installation, migrate, schema

CODE: Final = "setup.code"
#: Without those that are mistaken for each other: i, l, o, 0, 1. Twenty of 31 letters are 99 bits.
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 5, 4


def begin(settings: Settings) -> bool:
    """Make key and database in a folder that has neither. Whether it did: what is there already is never touched.

    Only for SQLite, whose file is ours alone; a database server is prepared by whoever keeps it.
    """
    path = settings.secrets.key_file
    if not settings.sqlite or path.exists() or schema.file_exists(settings.database.url):
        return False
    keys.make(path)
    try:
        migrate(settings.database.url)
    except StoreError:
        path.unlink()  # nothing was sealed with it yet, and the next start finds the folder as it was
        raise
    return True


def offer(store: Store) -> str | None:
    """A fresh code for the first account; None where there is an account already."""
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    with store.write() as conn:
        if installation.has_accounts(conn):
            installation.drop(conn, CODE)
            return None
        installation.keep(conn, CODE, {"": _hash(code)})
    return code


def fits(conn: Connection, code: str) -> bool:
    """Whether this is the code of the last start, and nobody has used it."""
    return hmac.compare_digest(installation.facts(conn, CODE).get("", ""), _hash(code))


def use_up(conn: Connection, code: str) -> bool:
    """Use the code in the transaction that makes the first account. False: it is not the one, or is used."""
    return fits(conn, code) and not installation.has_accounts(conn) and installation.drop(conn, CODE)


def _hash(code: str) -> str:
    return hashlib.sha256("".join(code.split()).replace("-", "").casefold().encode()).hexdigest()
