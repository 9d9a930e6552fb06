"""Random bytes from the system's generator, fetched a page at a time.

A command needs seven draws, and every system call is a chance for the event loop to take the interpreter from the
writer: one call for a hundred commands. For nonces, salts and ids; a key is drawn by itself, with `secrets`.
"""

import os
import threading

PAGE_BYTES = 4_096


class _Stock(threading.local):
    """Bytes not yet given out. Each thread has its own, so that none are given out twice."""

    page = b""
    at = 0


_stock = _Stock()


def random_bytes(count: int) -> bytes:
    """That many bytes which nobody can guess; at most a page."""
    at = _stock.at
    if at + count > len(_stock.page):
        _stock.page, at = os.urandom(PAGE_BYTES), 0
    _stock.at = at + count
    return _stock.page[at : at + count]


def _begin_anew() -> None:
    _stock.page, _stock.at = b"", 0


# A forked child must not give out what its parent gives out.
os.register_at_fork(after_in_child=_begin_anew)
