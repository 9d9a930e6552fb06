"""The life of `kachehri edition SESSION`: redactions into the archive, then all that the edition takes.

It reads the database and writes files; what came of it stands in one line of JSON on standard output, for the keeper
(keeping.py), which alone writes rows. Whenever it is ended, it is simply run again.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from kachehri import keys
from kachehri.live import Live
from kachehri.logs import logger
from kachehri.settings import Settings
from kachehri.store import Store, content, event_log, redactions
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Redaction
from kachehri.vault import Vault
from recordings.archive import Archive, RecordingError
from recordings.archive.disk import make_folder, write_whole
from recordings.archive.guard import alone
from recordings.archive.layout import EDITION
from recordings.archive.manifest import known_rows
from recordings.program.process import slate_words
from recordings.program.rendering import Renderer
from recordings.redaction import Done, Work, carry_out
from rooms.session import replay

from .basis import basis_of
from .edition import STATE, Edition
from .plan import Basis
from .report import BUSY, NOTHING, Report

#: Below everything that a hearing needs (nice(2)).
_NICE: Final = 10


def main(settings: Settings, session: str, mark: str) -> None:
    """The whole life of the process."""
    os.nice(_NICE)
    raise SystemExit(run(settings, session, mark))


def run(settings: Settings, session: str, mark: str) -> int:
    """Do it once; returns the exit status."""
    store = Store(settings.database.url)
    try:
        archive = Archive.of(settings.recordings)
        if session not in archive.sessions():
            return NOTHING
        with store.read() as conn:
            row = session_rows.get(conn, session)
            if row is None:
                return NOTHING
            log = [(event.seq, event.at, event.body) for event in event_log.after(conn, session, 0)]
            live = Live(replay(session, log), row.epoch, content.texts(conn, session))
            rows, now = redactions.of_session(conn, session), store.now(conn)
            held = redactions.held(conn, session) is not None
            basis = basis_of(conn, live, archive.folder)
        title = live.session.lifecycle.title
        renderer = Renderer(slate_words(settings), title.get("ur") or title.get("en") or "")
        folder = archive.folder / session / EDITION
        make_folder(folder)
        with alone(folder / "lock") as only:
            if not only:
                return BUSY
            work, done = Work.of(rows, now, held=held), Done()
            if work:
                vault = Vault(keys.read(settings.secrets.key_file))
                known = known_rows(store, session)
                done = carry_out(archive, session, work, vault, renderer, known, lambda: _held(store, session))
            # What the archive has in it now is no cover any more.
            left = [each for each in work.holds if each.id in done.failed]
            made = make(Edition(archive, session, without(basis, work, left)), archive, renderer)
            write_whole(folder / STATE, json.dumps({"at": now, "mark": mark}).encode())
        report = Report(
            done=[each.id for each in work.anew if each.state != "undone" and each.id not in done.failed],
            back=[each.id for each in work.back if each.id not in done.failed],
            over=[each.id for each in work.over if each.id not in done.failed | done.held],
            failed=sorted(done.failed),
            replaced=done.replaced,
            unsealed=done.unsealed,
            destroyed=done.destroyed,
            made=made,
        )
        print(msgspec.json.encode(report).decode(), flush=True)
        return 0
    except RecordingError as error:
        logger(__name__).warning("edition.waits", session=session, code=error.code, way="!")
        return BUSY if error.code == "busy" else 1
    finally:
        store.close()
        sys.stdout.flush()


def _held(store: Store, session: str) -> bool:
    with store.read() as conn:
        return redactions.held(conn, session) is not None


def without(basis: Basis, work: Work, left: list[Redaction]) -> Basis:
    """The basis without the redactions that are in the archive now."""
    gone = {(row.starts_at, row.ends_at) for row in work.anew} - {(row.starts_at, row.ends_at) for row in left}
    return Basis(basis.released, tuple(each for each in basis.covers if (each.starts_at, each.ends_at) not in gone))


def make(edition: Edition, archive: Archive, renderer: Renderer) -> int:
    """Make what an edition takes and is not there, and remove what it does not take. Returns how many were made."""
    count = 0
    for rendition in archive.renditions(edition.session):
        templates, anew = edition.needed(rendition)
        folder = edition.folder / rendition
        make_folder(folder)
        wanted = templates | {path for _, _, path in anew}
        for path in set(folder.iterdir()) - wanted:
            path.unlink()
        for path in sorted(templates):
            if not path.exists():
                epoch = int(path.stem.rpartition("-")[2])
                with _told(edition.session):
                    init = archive.read_init(edition.session, rendition, epoch)
                    write_whole(path, renderer.template(rendition, init))
        for segment, plan, path in anew:
            if path.exists():
                continue
            with _told(edition.session):
                beside = [edition.beside(segment, step) for step in (-1, 1)]
                data, _ = renderer.render(
                    rendition, edition.head(segment), segment, edition.source(segment), plan, *beside
                )
                write_whole(path, data)
                count += 1
    return count


@contextmanager
def _told(session: str) -> Iterator[None]:
    """One segment that cannot be made stays silence and a slate; the others are made."""
    try:
        yield
    except RecordingError as error:
        logger(__name__).error("edition.failed", session=session, code=error.code, way="!")
