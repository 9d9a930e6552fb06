"""Work on files has threads of its own, and none of them stays."""

from __future__ import annotations

import threading
from contextvars import ContextVar

import pytest

from recordings.file_threads import FileThreads

pytestmark = pytest.mark.anyio
WHOSE: ContextVar[str] = ContextVar("whose")


def here(*, loud: bool = False) -> tuple[str, str]:
    """In which thread this is, and for whom."""
    return threading.current_thread().name, WHOSE.get().upper() if loud else WHOSE.get()


def ours() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("files_")}


async def test_none_begins_before_there_is_work_and_none_stays() -> None:
    before = ours()
    files = FileThreads()
    assert not ours() - before
    WHOSE.set("hers")
    thread, whose = await files.run(here, loud=True)
    assert thread.startswith("files_") and whose == "HERS", "beside the loop, in the context of whoever asked"
    assert {each.name for each in ours() - before} == {thread}
    files.close()
    assert not ours() - before


async def test_what_fails_fails_for_whoever_asked() -> None:
    def broken() -> None:
        raise OSError("the disk")

    files = FileThreads()
    with pytest.raises(OSError, match="the disk"):
        await files.run(broken)
    files.close()
    with pytest.raises(RuntimeError):
        await files.run(broken)
