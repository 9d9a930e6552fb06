"""Starts the HTTP workers and, beside them, the media process and the programs; ends them together.

The address is taken and the database and key are looked at before anything runs, so that whoever started the
server reads one sentence. The parts above this package are found by name, since nothing here may import them.
"""

from __future__ import annotations

import fcntl
import importlib
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from kachehri import keys, logs, plain, setting_up
from kachehri.companion import Companion
from kachehri.programs import Programs
from kachehri.settings import Settings, load
from kachehri.store import Store, StoreError, check, schema
from kachehri.vault import Vault, check_key

APPLICATION = "web.app:create_app"
LIVE = "signaling.endpoint:LiveProtocol"
WAITING_MOST = 2_048  # connections the system keeps waiting; a whole town comes back at once after a power cut


def resolve(name: str) -> Any:
    """The object behind "package.module:name"."""
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        if error.name is not None and module.startswith(error.name):
            raise plain.Stop("part_missing", part=module) from None
        raise


def bind(settings: Settings) -> socket.socket:
    """The listening socket, so that "port in use" is known before anything else has begun."""
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, or asyncio does not recognise TCP and leaves Nagle's algorithm on: 40 ms on every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(WAITING_MOST)
    except OSError as error:
        listener.close()
        raise plain.cannot_bind(error, host, port) from None
    listener.set_inheritable(True)
    return listener


@contextmanager
def ready(settings: Settings) -> Iterator[None]:
    """All that must be right before the first request, and the sole use of a SQLite file for as long as we run.

    An empty folder gets its key and database, and a SQLite file of an older version is brought up to date.
    """
    try:
        if settings.sqlite:
            state_folder(settings)
        setting_up.begin(settings)
    except OSError as error:
        raise StoreError("read_only", str(error)) from None
    masters = keys.read(settings.secrets.key_file)
    with alone(schema.sqlite_path(settings.database.url)):
        copy = schema.bring_up(settings.database.url)
        if copy is not None:
            plain.tell("brought_up", path=copy)
        store = Store(settings.database.url)
        try:
            check(store)
            check_key(store, Vault(masters))  # it writes: busy or read-only is said now, not at the first question
        finally:
            store.close()
        yield


@contextmanager
def alone(path: str | None) -> Iterator[None]:
    """Refuses a second server on one SQLite file: it would wait for seconds and tell nobody of what it wrote.

    flock(2) on a file beside the database; the system lets go of it however this process ends.
    """
    if path is None:
        yield
        return
    try:
        claim = open(f"{path}.server", "ab")
    except OSError as error:
        raise StoreError("read_only", str(error)) from None
    with claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("locked", "another server runs on it") from None
        yield


def application() -> Any:
    """What a spawned worker runs; it reads its settings from the environment that its parent prepared."""
    settings = load()
    logs.set_up(settings)
    return resolve(APPLICATION)(settings)


def configure(settings: Settings, app: Any, *, factory: bool = False) -> uvicorn.Config:
    server = settings.server
    return uvicorn.Config(
        app,
        factory=factory,
        ws=resolve(LIVE),
        http="h11",
        loop="asyncio",
        lifespan="on",
        workers=server.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(server.trusted_proxies),
        forwarded_allow_ips=list(server.trusted_proxies),
        ssl_certfile=server.certificate,
        ssl_keyfile=server.certificate_key,
        timeout_graceful_shutdown=server.grace_s,
        backlog=WAITING_MOST,
    )


def serve(settings: Settings, *, media: bool = True) -> None:
    """Runs until told to stop (SIGTERM, SIGINT)."""
    # uvicorn raises the signal once more when it has finished; without this the companion would outlive us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = bind(settings)
    with listener, ready(settings):
        invite(settings, listener)
        companion = Companion(settings) if media else None
        made = Programs(settings) if media and settings.program.enabled == "yes" else None
        try:
            if settings.server.workers > 1:
                config = configure(settings, "kachehri.serving:application", factory=True)
                Multiprocess(config, sockets=[listener]).run()
            else:
                config = configure(settings, resolve(APPLICATION)(settings))
                uvicorn.Server(config).run(sockets=[listener])
        finally:
            if made:
                made.close()
            if companion:
                companion.close()


def invite(settings: Settings, listener: socket.socket) -> None:
    """Say how to make the first account, while there is none: on the terminal, for whoever started the server."""
    store = Store(settings.database.url)
    try:
        code = setting_up.offer(store)
    finally:
        store.close()
    if code is not None:
        plain.tell("set_up", url=f"{reachable(settings, listener)}/setup?code={code}")


def reachable(settings: Settings, listener: socket.socket) -> str:
    """An address that leads here from this machine, or the announced one."""
    if settings.server.public_url:
        return settings.public_url
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    scheme = "https" if settings.server.certificate else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def state_folder(settings: Settings) -> None:
    """The folders that files of ours go into, closed to other accounts."""
    folders = {settings.secrets.key_file.parent, settings.bus.socket.parent, settings.media.socket.parent}
    if settings.sqlite:
        folders.add(Path(settings.database.url.removeprefix("sqlite:///")).parent)
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
