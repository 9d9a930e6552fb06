"""One plain sentence in two languages instead of a traceback, for whoever starts the server.

Exit code 2 means: nothing is broken in the program, something must be changed around it.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kachehri.keys import KeyRefused
from kachehri.settings import SettingsError
from kachehri.store import StoreError

EXIT: Final = 2

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "port_taken": (
        "Another program already listens on {address}. Stop it, or choose another port with --port.",
        "{address} پر کوئی اور پروگرام پہلے سے چل رہا ہے۔ اسے بند کریں یا --port سے دوسرا پورٹ چنیں۔",
    ),
    "port_denied": (
        "This account may not listen on {address}. Choose a port of 1024 or above, and put a proxy in front.",
        "اس اکاؤنٹ کو {address} پر سننے کی اجازت نہیں۔ 1024 یا اس سے بڑا پورٹ چنیں۔",
    ),
    "address_unknown": (
        "This machine has no address {address}. Set server.host to one of its own, or to 0.0.0.0 for all.",
        "اس مشین کا پتہ {address} نہیں ہے۔ server.host میں اس کا اپنا پتہ لکھیں یا سب کے لیے 0.0.0.0۔",
    ),
    "key_missing": (
        "There is no key at {path}. Make one with `python -m kachehri keys`, and keep a copy in a safe place.",
        "{path} پر کلید موجود نہیں۔ `python -m kachehri keys` سے بنائیں اور ایک نقل محفوظ جگہ رکھیں۔",
    ),
    "key_exposed": (
        "Other accounts of this machine can read the key at {path}. Close it with: chmod 600 {path}",
        "{path} کی کلید دوسرے اکاؤنٹ بھی پڑھ سکتے ہیں۔ بند کریں: chmod 600 {path}",
    ),
    "key_unreadable": (
        "The file {path} cannot be read as a key. Restore it from your copy.",
        "{path} کو کلید کے طور پر نہیں پڑھا جا سکتا۔ اپنی محفوظ نقل واپس رکھیں۔",
    ),
    "key_weak": (
        "The key at {path} could be guessed. Make a new one with `python -m kachehri keys`.",
        "{path} کی کلید کا اندازہ لگایا جا سکتا ہے۔ `python -m kachehri keys` سے نئی بنائیں۔",
    ),
    "key_exists": (
        "There is a key at {path} already. It is kept: without it every sealed name would be lost.",
        "{path} پر کلید پہلے سے ہے۔ اسے نہیں بدلا گیا: اس کے بغیر تمام محفوظ نام ضائع ہو جائیں گے۔",
    ),
    "district": (
        "The district in {path} cannot be used:{errors}",
        "{path} کا ضلع استعمال نہیں ہو سکتا:{errors}",
    ),
    "staff_login": (
        "A login has 2 to 64 letters and digits; dots, hyphens and underscores may stand between them.",
        "لاگ ان میں 2 سے 64 حروف اور ہندسے ہوں؛ بیچ میں نقطہ، ہائفن یا انڈر سکور آ سکتا ہے۔",
    ),
    "staff_role": ("The role must be one of: {roles}.", "کردار ان میں سے ایک ہو: {roles}"),
    "staff_password_short": ("The password needs at least 12 characters.", "پاس ورڈ کم از کم 12 حروف کا ہو۔"),
    "staff_password_long": ("The password may have at most 128 characters.", "پاس ورڈ زیادہ سے زیادہ 128 حروف کا ہو۔"),
    "staff_password_plain": (
        "This password is too easy: it repeats itself or contains the login.",
        "یہ پاس ورڈ بہت آسان ہے: اس میں تکرار ہے یا لاگ ان شامل ہے۔",
    ),
    "staff_taken": ("There is an account with this login already.", "اس لاگ ان کا اکاؤنٹ پہلے سے موجود ہے۔"),
    "set_up": (
        "This server is new. Open this address in a browser and set it up; the link makes one account:\n\n  {url}\n",
        "یہ سرور نیا ہے۔ یہ پتہ براؤزر میں کھولیں اور تیاری مکمل کریں؛ اس لنک سے ایک اکاؤنٹ بنتا ہے:\n\n  {url}\n",
    ),
    "brought_up": (
        "The database was brought up to date. A copy of how it was before is in {path}.",
        "ڈیٹا بیس تازہ کر دیا گیا۔ پہلے کی نقل {path} میں ہے۔",
    ),
    "program_off": (
        "No program is made here: [program] enabled is no, and pages say that hearings are not recorded.",
        "یہاں پروگرام نہیں بنتا: [program] میں enabled کی قدر no ہے، اور صفحے کہتے ہیں کہ ریکارڈنگ نہیں ہوتی۔",
    ),
    "program_taken": (
        "Another machine makes the program of {session}.",
        "{session} کا پروگرام کوئی اور مشین بنا رہی ہے۔",
    ),
    "recording_none": (
        "There is no recording of {session} here.",
        "یہاں {session} کی کوئی ریکارڈنگ نہیں۔",
    ),
    "recording_no_storage": (
        "There is no storage to fetch from: [recordings] storage is local.",
        "کوئی بیرونی ذخیرہ نہیں جہاں سے لایا جائے: [recordings] میں storage کی قدر local ہے۔",
    ),
    "recording_storage": (
        "The storage gives nothing ({why}). What has come so far is kept; try again.",
        "ذخیرے سے کچھ نہیں ملا ({why})۔ جو آ چکا وہ محفوظ ہے؛ دوبارہ کوشش کریں۔",
    ),
    "recording_busy": (
        "A part of {session} is being written now and was left alone.",
        "{session} کا ایک حصہ ابھی لکھا جا رہا ہے، اسے نہیں چھیڑا گیا۔",
    ),
    "recording_fetched": (
        "{files} files of {session} came from the storage.",
        "{session} کی {files} فائلیں ذخیرے سے آ گئیں۔",
    ),
    "recording_rebuilt": (
        "The recording of {session} is in order: {segments} segments.",
        "{session} کی ریکارڈنگ درست ترتیب میں ہے: {segments} ٹکڑے۔",
    ),
    "recording_again": (
        "In {session}, {count} cuts are made anew by the running house. Nobody gets those moments meanwhile.",
        "{session} میں {count} کٹائیاں چلتا ہوا نظام دوبارہ کرے گا۔ اس دوران وہ لمحے کسی کو نہیں ملتے۔",
    ),
    "recording_unplaced": (
        "Of {segments} segments of {session} nothing says when they were said. They are kept, and nobody gets them.",
        "{session} کے {segments} ٹکڑوں کے بارے میں معلوم نہیں کہ کب کے ہیں۔ محفوظ ہیں، مگر کسی کو نہیں ملتے۔",
    ),
    "recording_whole": (
        "{segments} segments, {megabytes} MB: every one is what was written.",
        "{segments} ٹکڑے، {megabytes} MB: سب ویسے ہی ہیں جیسے لکھے گئے تھے۔",
    ),
    "recording_wrong": (
        "{segments} segments, {megabytes} MB: {wrong} are not what was written. OPERATING.md says what to do.",
        "{segments} ٹکڑے، {megabytes} MB: {wrong} ویسے نہیں جیسے لکھے گئے تھے۔ OPERATING.md میں لکھا ہے کہ کیا کریں۔",
    ),
    "recording_sealed": (
        "{count} of them: something was taken out, the original lies sealed beside it, and no redaction in the database"
        " speaks of it. The database may be a copy from before: put a newer one back. Nothing of it is put back or"
        " destroyed by itself.",
        "ان میں سے {count}: کچھ کاٹا گیا تھا، اصل مہر بند ساتھ رکھا ہے، مگر ڈیٹا بیس میں اس کٹائی کا ذکر نہیں۔ شاید"
        " ڈیٹا بیس اس سے پہلے کی نقل ہے: زیادہ نئی نقل واپس رکھیں۔ خود سے نہ کچھ واپس رکھا جاتا ہے، نہ مٹایا جاتا ہے۔",
    ),
    "hold_no_session": (
        "There is no hearing {session}. Its id stands in the address of its page.",
        "{session} نام کی کوئی کچہری نہیں۔ درست نام اس کے صفحے کے پتے میں ہے۔",
    ),
    "hold_account": (
        "Name with --by the login of somebody who answers for this: who may open the recordings of this hearing to"
        " everybody, such as a moderator. {login} may not.",
        "--by سے اس کا لاگ ان دیں جو اس کا ذمہ دار ہو: جسے اس کچہری کی ریکارڈنگ سب کے لیے کھولنے کا اختیار ہے، مثلاً"
        " ماڈریٹر۔ {login} کو یہ اختیار نہیں۔",
    ),
    "hold_reason": (
        "Say with --reason why, in at most {most} characters; for example the number of the case.",
        "--reason سے وجہ لکھیں، زیادہ سے زیادہ {most} حروف میں؛ مثلاً مقدمے کا نمبر۔",
    ),
    "hold_day": (
        "Give with --review the day on which somebody looks again, as 2026-12-31: after today, at most a year away.",
        "--review سے وہ دن دیں جب اسے دوبارہ دیکھا جائے، مثلاً 2026-12-31: آج کے بعد کا، زیادہ سے زیادہ ایک سال بعد کا۔",
    ),
    "hold_free": (
        "The recording of {session} is not held. Nothing was changed.",
        "{session} کی ریکارڈنگ پہلے ہی محفوظ رکھی ہوئی نہیں۔ کچھ نہیں بدلا گیا۔",
    ),
    "hold_set": (
        "The recording of {session} is kept until somebody ends that. On {day} it stands in /releases to be looked at.",
        "{session} کی ریکارڈنگ محفوظ رکھی گئی ہے، جب تک کوئی یہ ختم نہ کرے۔ {day} کو یہ /releases میں دوبارہ دیکھنے کے"
        " لیے نظر آئے گی۔",
    ),
    "hold_lifted": (
        "The recording of {session} is kept no longer than others; if its time is over, it goes within the hour.",
        "{session} کی ریکارڈنگ اب باقیوں سے زیادہ نہیں رکھی جائے گی؛ مدت پوری ہو چکی ہو تو ایک گھنٹے میں مٹ جائے گی۔",
    ),
    "log_unreadable": (
        "The log at {path} cannot be read: {why}.",
        "{path} کا ریکارڈ نہیں پڑھا جا سکا: {why}۔",
    ),
    "turn_none": (
        "There is no relay in the settings. Set turn.host and turn.addresses first; OPERATING.md says how.",
        "ترتیبات میں کوئی ریلے نہیں۔ پہلے turn.host اور turn.addresses لکھیں؛ طریقہ OPERATING.md میں ہے۔",
    ),
    "settings": ("The settings have mistakes:", "ترتیبات میں غلطیاں ہیں:"),
    "part_missing": (
        "This installation is not complete: {part} is missing. Install it again from the lock file.",
        "تنصیب مکمل نہیں: {part} موجود نہیں۔ دوبارہ نصب کریں۔",
    ),
}


class Stop(Exception):
    """Something around the program must change first. `code` is a row of SENTENCES."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def say(code: str, **params: object) -> None:
    for sentence in SENTENCES[code]:
        print(sentence.format(**params), file=sys.stderr)


def tell(code: str, **params: object) -> None:
    """News for whoever started the server, on standard output: standard error belongs to the log."""
    for sentence in SENTENCES[code]:
        print(sentence.format(**params), flush=True)


def cannot_bind(error: OSError, host: str, port: int) -> Stop | OSError:
    """What an operating system means when it refuses an address (bind(2))."""
    match error.errno:
        case errno.EADDRINUSE:
            return Stop("port_taken", address=f"{host}:{port}")
        case errno.EACCES | errno.EPERM:
            return Stop("port_denied", address=f"{host}:{port}")
        case errno.EADDRNOTAVAIL:
            return Stop("address_unknown", address=host)
    return error


@contextmanager
def plainly() -> Iterator[None]:
    """Lets no foreseen trouble out of this block as a traceback."""
    try:
        yield
    except Stop as stop:
        say(stop.code, **stop.params)
    except KeyRefused as refused:
        say(f"key_{refused.code}", path=refused.path)
    except StoreError as error:
        for language in ("en", "ur"):
            print(error.sentence(language), file=sys.stderr)
    except SettingsError as error:
        say("settings")
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
            if problem.urdu:
                print(f"  {problem.path}: {problem.urdu}", file=sys.stderr)
    else:
        return
    raise SystemExit(EXIT)
