"""One at a time, in the order of arrival; nobody starves beside a busy writer."""

from __future__ import annotations

import threading

import pytest

from kachehri.store import Store, StoreError, engine
from kachehri.store.turnstile import Turnstile
from tests.servers import until


def test_the_order_of_arrival_is_kept() -> None:
    turnstile, order = Turnstile(), []
    assert turnstile.enter(0)

    def come(number: int) -> None:
        assert turnstile.enter(10)
        order.append(number)
        turnstile.leave()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(20)]
    for number, thread in enumerate(threads):
        thread.start()
        until(lambda number=number: len(turnstile._waiting) == number + 1)  # type: ignore[misc]
    turnstile.leave()
    for thread in threads:
        thread.join()
    assert order == list(range(20))
    assert turnstile.enter(0)


def test_who_lets_go_does_not_get_in_before_those_who_wait() -> None:
    turnstile, order = Turnstile(), []
    assert turnstile.enter(0)

    def come() -> None:
        assert turnstile.enter(10)
        order.append("waited")
        turnstile.leave()

    thread = threading.Thread(target=come)
    thread.start()
    until(lambda: bool(turnstile._waiting))
    turnstile.leave()
    assert turnstile.enter(10)
    order.append("again")
    thread.join()
    assert order == ["waited", "again"]


def test_who_gave_up_is_passed_over() -> None:
    turnstile = Turnstile()
    assert turnstile.enter(0)
    assert not turnstile.enter(0.01)
    turnstile.leave()
    assert turnstile.enter(0)


def test_everybody_writes_beside_a_writer_that_never_rests(store: Store) -> None:
    stop = threading.Event()

    def never_rest() -> None:
        while not stop.is_set():
            with store.write() as conn:
                conn.exec_driver_sql("UPDATE office SET name_en = name_en")

    busy = threading.Thread(target=never_rest)
    busy.start()
    try:
        for _ in range(50):
            with store.write() as conn:
                conn.exec_driver_sql("UPDATE office SET name_ur = name_ur")
    finally:
        stop.set()
        busy.join()


def test_a_thread_that_never_ends_its_transaction_is_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if not store.sqlite:
        return  # PostgreSQL lets several in, and the rows decide
    monkeypatch.setattr(engine, "BUSY_MS", 20)
    with store.write(), pytest.raises(StoreError) as caught, store.write():
        pass
    assert caught.value.code == "locked"
    with store.write():
        pass
