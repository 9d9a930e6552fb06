"""Lets one through at a time, in the order in which they came.

A plain lock goes to whoever grabs it first, and that is a thread which has just let go of it and wants it back: beside
a busy writer everybody else waited for seconds and got nothing.
"""

import threading
from collections import deque


class Turnstile:
    """A first-come, first-served lock between threads."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._inside = False
        self._waiting: deque[threading.Lock] = deque()

    def enter(self, timeout_s: float) -> bool:
        """Wait for our turn; False when it did not come in time."""
        with self._mutex:
            if not self._inside:
                self._inside = True
                return True
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        if gate.acquire(timeout=timeout_s):
            return True
        with self._mutex:
            if gate in self._waiting:
                self._waiting.remove(gate)
                return False
        return True  # it was handed to us in the last instant

    def leave(self) -> None:
        """Hand over to whoever has waited longest; the way is not free in between."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._inside = False
