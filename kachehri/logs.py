"""One JSON object a line on standard error, in a small grammar, and never a word about a person.

Grammar: `event` is a dotted name in the past tense ("session.closed"), everything else a field. `way` says which
way something went, as a single character: `<` received, `>` sent, `=` changed state, `!` failed, `x` closing.
A field is kept only when its name is on the list below: names, texts, phone and ID numbers, addresses, cookies
and passes have none, so they cannot be logged by accident. Times are UTC.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from kachehri.settings import Settings

FIELDS = frozenset(
    {
        *("event", "level", "logger", "timestamp", "way", "exception", "code", "count", "ms", "bytes", "seq", "epoch"),
        *(
            "session",
            "type",
            "phase",
            "state",
            "kind",
            "reason",
            "worker",
            "pid",
            "port",
            "url",
            "path",
            "method",
            "status",
        ),
        *(
            "first",
            "last",
            "gap",
            "attempt",
            "fault",
            "version",
            "audience",
            "peer",
            "seat",
            "channel",
            "job",
            "office",
            "revision",
            "rows",
            "seconds",
            "ticket",
            "act",
        ),
    }
)
GONE = "kept out"


def set_up(settings: Settings) -> None:
    """Takes over logging of this process, the libraries' included."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _plain_exception,
        keep_known_fields,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.logs.shape == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.logs.level.upper())
    # These speak of every request, packet or candidate, with addresses of people in them.
    for talkative in ("uvicorn.access", "aioice", "aiortc", "websockets"):
        logging.getLogger(talkative).setLevel(logging.ERROR)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one module: `log = logger(__name__)`, then `log.info("session.closed", session=…, seq=…)`."""
    made: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return made


def keep_known_fields(_: Any, __: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A field nobody vouched for keeps its name, so that the gap is seen, and loses its value."""
    for name in line:
        if name not in FIELDS and not name.startswith("_"):
            line[name] = GONE
    return line


def _plain_exception(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The kind of an exception and where it was raised. Its message may quote what a person wrote."""
    info = line.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if not info or info[0] is None:
        return line
    frames = []
    trace = info[2]
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    line["exception"] = f"{info[0].__module__}.{info[0].__qualname__} at {' < '.join(reversed(frames[-12:]))}"
    return line
