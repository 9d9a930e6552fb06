"""Random bytes fetched a page at a time are given out once."""

from __future__ import annotations

import os
import threading

from kachehri.draws import PAGE_BYTES, random_bytes


def test_no_bytes_are_given_out_twice() -> None:
    drawn = [random_bytes(16) for _ in range(3 * PAGE_BYTES // 16)]
    assert {len(each) for each in drawn} == {16}
    assert len(set(drawn)) == len(drawn)


def test_a_page_that_runs_short_is_not_pieced_together() -> None:
    for count in (5, 16, 12, PAGE_BYTES):
        assert len(random_bytes(count)) == count


def test_threads_draw_from_pages_of_their_own() -> None:
    drawn: list[list[bytes]] = []
    threads = [threading.Thread(target=lambda: drawn.append([random_bytes(12) for _ in range(500)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each for part in drawn for each in part}) == 2_000


def test_a_forked_child_draws_anew() -> None:
    random_bytes(8)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(theirs, random_bytes(16))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(ours, 16) != random_bytes(16)
    os.close(ours)
    os.close(theirs)
