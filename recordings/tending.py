"""What a person does to recordings from the command line: check every segment, bring order, fetch from the storage."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from kachehri import plain
from kachehri.settings import Settings
from kachehri.store import Store, recordings
from recordings.archive import Archive, RecordingError
from recordings.archive.guard import undisturbed
from recordings.archive.layout import numbers, segment_name, session_name
from recordings.archive.manifest import Manifest, known_rows
from recordings.archive.reading import read_segment
from recordings.edition.restored import take_out_again, unknown_seals
from recordings.keeper import storage_of
from recordings.storage import StorageError
from recordings.storage.sending import fetch

#: damaged: other bytes than were written; lines: it is in no index; head: no player can begin; gone: it was there;
#: time: nothing says when it was said, so nobody gets it; back: whole, and another than the database knows. An old copy
#: was put in its place, and what was taken out since then is in it; sealed: something was taken out of it, and the
#: database does not know of that.
Fault = Literal["damaged", "lines", "head", "gone", "time", "back", "sealed"]


@dataclass(frozen=True)
class Finding:
    """One segment that is not what was written."""

    session: str
    rendition: str
    number: int
    fault: Fault


@dataclass
class Report:
    """What was looked at."""

    segments: int = 0
    bytes: int = 0
    findings: tuple[Finding, ...] = ()


def check(archive: Archive, store: Store, sessions: list[str]) -> Report:
    """Every whole segment of these sessions against its checksum, and against the rows of the database."""
    report = Report()
    found: list[Finding] = []
    for session in sessions:
        with store.read() as conn:
            rows = {(row.rendition, row.number): row.sha256 for row in recordings.of_session(conn, session)}
        unknown = unknown_seals(store, archive, session)
        for rendition in archive.renditions(session):
            found += _rendition(archive, session, rendition, report, rows, unknown)
        there = {name: set(_numbers(archive, session, name)) for name in archive.renditions(session)}
        found += [Finding(session, *row, "gone") for row in rows if row[1] not in there.get(row[0], ())]
    report.findings = tuple(found)
    return report


def _numbers(archive: Archive, session: str, rendition: str) -> list[int]:
    return numbers(os.listdir(archive.folder_of(session, rendition)), "m4s")


def _rendition(
    archive: Archive,
    session: str,
    rendition: str,
    report: Report,
    rows: Mapping[tuple[str, int], str],
    unknown: Collection[tuple[str, int]],
) -> Iterator[Finding]:
    folder = archive.folder_of(session, rendition)
    for number in _numbers(archive, session, rendition):
        data = (folder / segment_name(number)).read_bytes()
        report.segments += 1
        report.bytes += len(data)
        said = read_segment(folder, rendition, number)
        if said is None or not said.whole:
            yield Finding(session, rendition, number, "lines")
        elif hashlib.sha256(data).hexdigest() != said.sha256:
            yield Finding(session, rendition, number, "damaged")
        elif not archive.init_path(session, rendition, said.epoch).is_file():
            yield Finding(session, rendition, number, "head")
        elif not said.placed:
            yield Finding(session, rendition, number, "time")
        elif (rendition, number) in unknown:
            yield Finding(session, rendition, number, "sealed")
        elif rows.get((rendition, number), said.sha256) != said.sha256:
            yield Finding(session, rendition, number, "back")


# --- the commands


def check_command(settings: Settings, session: str) -> int:
    """Prints what is wrong and returns the exit status: 0 when nothing is."""
    archive, store = Archive.of(settings.recordings), Store(settings.database.url)
    try:
        report = check(archive, store, [_named(session)] if session else archive.sessions())
    finally:
        store.close()
    for each in report.findings:
        print(f"{each.session}/{each.rendition}/{segment_name(each.number)}: {each.fault}")
    told = {"segments": report.segments, "megabytes": round(report.bytes / 1_000_000), "wrong": len(report.findings)}
    plain.tell("recording_wrong" if report.findings else "recording_whole", **told)
    if sealed := sum(each.fault == "sealed" for each in report.findings):
        plain.tell("recording_sealed", count=sealed)
    return 1 if report.findings else 0


def rebuild_command(settings: Settings, session: str) -> int:
    """Brings a session's files and rows into order; returns the exit status."""
    archive, store = Archive.of(settings.recordings), Store(settings.database.url)
    try:
        busy = _tend(archive, store, _there(archive, session))
        again = 0 if busy else take_out_again(store, archive, session, lost=True)
        unplaced = sum(
            not each.placed for name in archive.renditions(session) for each in archive.index(session, name).segments
        )
        count = sum(len(archive.index(session, each).segments) for each in archive.renditions(session))
    finally:
        store.close()
    plain.tell("recording_rebuilt", session=session, segments=count)
    if again:
        plain.tell("recording_again", session=session, count=again)
    if unplaced:
        plain.say("recording_unplaced", session=session, segments=unplaced)
    if busy:
        plain.say("recording_busy", session=session)
    return 1 if busy or unplaced else 0


def fetch_command(settings: Settings, session: str) -> int:
    """Brings a session back from the storage; returns the exit status."""
    storage = storage_of(settings.recordings)
    if storage is None:
        raise plain.Stop("recording_no_storage")
    archive, store = Archive.of(settings.recordings), Store(settings.database.url)
    try:
        count = fetch(storage, archive, _named(session), known_rows(store, session))
        if session in archive.sessions():
            _tend(archive, store, session)
    except StorageError as error:
        raise plain.Stop("recording_storage", why=error.code) from None
    finally:
        store.close()
    plain.tell("recording_fetched", session=session, files=count)
    return 0


def _tend(archive: Archive, store: Store, session: str) -> bool:
    """The files first, then the rows. Whether somebody writes meanwhile, so that a rendition was left alone."""
    busy = False
    for rendition in archive.renditions(session):
        with undisturbed(archive.folder_of(session, rendition)) as alone:
            busy = busy or not alone
    archive.rebuild(session, known_rows(store, session))
    Manifest(store, archive).of(session)
    return busy


def _named(session: str) -> str:
    try:
        return session_name(session)
    except RecordingError:
        raise plain.Stop("recording_none", session=session) from None


def _there(archive: Archive, session: str) -> str:
    if _named(session) not in archive.sessions():
        raise plain.Stop("recording_none", session=session)
    return session
