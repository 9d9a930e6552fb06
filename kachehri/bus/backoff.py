"""How long to wait before trying again."""

import random

FIRST_S = 0.05
MOST_S = 1.0


def pause(failures: int) -> float:
    """Seconds before the next try: doubling up to a second, the later half by chance, so that nobody comes in step."""
    whole = min(MOST_S, FIRST_S * 2.0 ** min(failures, 10))
    return whole * (0.5 + random.random() / 2)
