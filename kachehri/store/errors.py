"""What can be wrong with a database, as one code each and one sentence that a person can act on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError

SENTENCES: dict[str, dict[str, str]] = {
    "locked": {
        "en": "The database is busy: another program holds it. Stop the other program or try again.",
        "ur": "ڈیٹا بیس مصروف ہے: کوئی اور پروگرام اسے استعمال کر رہا ہے۔ وہ پروگرام بند کریں یا دوبارہ کوشش کریں۔",
    },
    "read_only": {
        "en": "The database cannot be written: give the server's account write permission on it and its folder.",
        "ur": "ڈیٹا بیس میں لکھا نہیں جا سکتا: سرور کے اکاؤنٹ کو اس فائل اور فولڈر میں لکھنے کی اجازت دیں۔",
    },
    "newer_schema": {
        "en": "The database was written by a newer version of Kachehri. Install that version, or restore a backup.",
        "ur": "یہ ڈیٹا بیس کچہری کے نئے ورژن کا ہے۔ نیا ورژن نصب کریں یا بیک اپ بحال کریں۔",
    },
    "older_schema": {
        "en": "The database has not been brought up to date. Run `kachehri migrate` first.",
        "ur": "ڈیٹا بیس تازہ نہیں ہے۔ پہلے `kachehri migrate` چلائیں۔",
    },
    "no_copy": {
        "en": "The database is older than this program, and no copy could be made beside it. Make room and retry.",
        "ur": "ڈیٹا بیس پرانا ہے اور اس کی نقل نہیں بن سکی۔ جگہ خالی کریں اور دوبارہ چلائیں۔",
    },
    "missing": {
        "en": "There is no database here. Check the address, or run `kachehri migrate` to make one.",
        "ur": "یہاں کوئی ڈیٹا بیس نہیں۔ پتہ دیکھیں یا `kachehri migrate` چلا کر نیا بنائیں۔",
    },
    "unreachable": {
        "en": "The database server does not answer. Check that it runs and that its address is right.",
        "ur": "ڈیٹا بیس سرور جواب نہیں دے رہا۔ دیکھیں کہ وہ چل رہا ہے اور اس کا پتہ درست ہے۔",
    },
    "denied": {
        "en": "The database server refuses this user name or password.",
        "ur": "ڈیٹا بیس سرور نے یہ نام یا پاس ورڈ قبول نہیں کیا۔",
    },
    "full": {
        "en": "The disk is full: nothing new can be saved until there is room.",
        "ur": "ڈسک بھر چکی ہے: جگہ خالی ہونے تک کچھ محفوظ نہیں ہو سکتا۔",
    },
    "damaged": {
        "en": "The database file is damaged. Stop the server and restore a backup.",
        "ur": "ڈیٹا بیس کی فائل خراب ہے۔ سرور بند کریں اور بیک اپ بحال کریں۔",
    },
    "wrong_key": {
        "en": "This key file does not belong to this database. Put the right one back; no other opens what is sealed.",
        "ur": "یہ کلیدی فائل اس ڈیٹا بیس کی نہیں۔ درست فائل واپس رکھیں؛ بند معلومات کسی اور سے نہیں کھلیں گی۔",
    },
    "io": {
        "en": "The disk reported an error. The server stops, so that nothing is promised that was not saved.",
        "ur": "ڈسک میں خرابی ہے۔ سرور رک رہا ہے تاکہ کوئی ایسا وعدہ نہ ہو جو محفوظ نہ ہوا ہو۔",
    },
    "conflict": {
        "en": "Somebody else has just done this. Look again.",
        "ur": "یہ کام ابھی کسی اور نے کر دیا ہے۔ دوبارہ دیکھیں۔",
    },
    "append_only": {
        "en": "A log is never changed.",
        "ur": "ریکارڈ کبھی تبدیل نہیں کیا جاتا۔",
    },
    "address": {
        "en": "This is not a database address. Write sqlite:///path or postgresql://user@host/name.",
        "ur": "یہ ڈیٹا بیس کا پتہ نہیں۔ یوں لکھیں: sqlite:///path یا postgresql://user@host/name",
    },
    "failed": {
        "en": "The database refused. The server's journal says why.",
        "ur": "ڈیٹا بیس نے انکار کیا۔ وجہ سرور کے ریکارڈ میں ہے۔",
    },
}


class StoreError(Exception):
    """The store could not do it. `code` is for programs, `sentence` for people, `detail` for the journal only."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code if not detail else f"{code}: {detail}")
        self.code = code
        self.detail = detail

    def sentence(self, language: str = "en") -> str:
        """The plain words for `code`; English where a language has none."""
        words = SENTENCES[self.code]
        return words.get(language, words["en"])

    @property
    def fatal(self) -> bool:
        """A failed sync must never be tried again: the page may be lost while the second try succeeds. Stop writing."""
        return self.code in ("io", "damaged")


class Conflict(StoreError):
    """A unique key was taken already."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("conflict", detail)


# Primary result codes of SQLite (sqlite.org/rescode.html); extended codes carry them in the low byte.
_SQLITE = {5: "locked", 6: "locked", 8: "read_only", 10: "io", 11: "damaged", 13: "full", 14: "missing", 26: "damaged"}
# SQLSTATE codes, PostgreSQL manual, appendix A.
_POSTGRES = {
    "25006": "read_only",
    "28000": "denied",
    "28P01": "denied",
    "3D000": "missing",
    "42501": "read_only",
    "40001": "locked",
    "40P01": "locked",
    "53100": "full",
    "55P03": "locked",
    "57014": "locked",
    "58030": "io",
    "XX001": "damaged",
    "XX002": "damaged",
}


def translate(error: DBAPIError) -> StoreError:
    """The store's own error for one of the driver's. The statement's values never enter the text."""
    origin: Any = error.orig
    detail = f"{type(origin).__name__}: {origin}".splitlines()[0]
    if "append_only" in detail:
        return StoreError("append_only", detail)
    if isinstance(error, IntegrityError):
        return Conflict(detail)
    if isinstance(origin, sqlite3.Error):
        number = getattr(origin, "sqlite_errorcode", None)
        return StoreError(_SQLITE.get((number or 0) & 0xFF, "failed"), detail)
    if isinstance(origin, psycopg.Error):
        return StoreError(_postgres(origin), detail)
    return StoreError("failed", detail)


def _postgres(origin: psycopg.Error) -> str:
    if origin.sqlstate in _POSTGRES:
        return _POSTGRES[origin.sqlstate]
    if not isinstance(origin, psycopg.OperationalError):
        return "failed"
    # While connecting, the server's answer arrives as text without a code.
    text = str(origin)
    if "does not exist" in text and "database" in text:
        return "missing"
    if "authentication failed" in text or "no password supplied" in text:
        return "denied"
    return "unreachable"


@contextmanager
def translating() -> Iterator[None]:
    """Let only the store's own errors out of this block.

    The driver's error is not carried along: PostgreSQL quotes whole rows in its details, and a journal must not.
    """
    try:
        yield
    except DBAPIError as error:
        raise translate(error) from None
    except TimeoutError:  # every connection of the pool is in use
        raise StoreError("locked", "all connections are in use") from None
