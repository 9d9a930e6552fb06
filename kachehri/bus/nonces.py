"""Nonces that were used, remembered for as long as they could be used again."""

import time
from collections import deque
from collections.abc import Callable

#: At 100 passes a second and 30 s each, 3,000 are alive; this is what a flood may take up (about 20 MB).
MOST = 100_000


class Nonces:
    """Single use within one process. Policy when full: refuse new ones, so that a flood cannot make a used one good."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._until: dict[str, float] = {}
        self._order: deque[tuple[float, str]] = deque()
        self._most = most
        self._clock = clock

    def burn(self, nonce: str, ttl_s: int) -> bool:
        now = self._clock()
        while self._order and self._order[0][0] <= now:
            until, old = self._order.popleft()
            if self._until.get(old) == until:
                del self._until[old]
        if self._until.get(nonce, now) > now or len(self._order) >= self._most:
            return False
        self._until[nonce] = now + ttl_s
        self._order.append((now + ttl_s, nonce))
        return True
