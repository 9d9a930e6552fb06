"""Every no of this interface, in the standard's own form.

404 for what does not exist, 403 for a key that is missing or wrong, 400 for everything else. The `code` in the body
need not be the status, and is not where it can say more: 429 for too many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from starlette.responses import Response

from web.open311.writing import Format, answer


class Fault(NamedTuple):
    """One thing that is wrong."""

    code: int
    description: str

    @property
    def status(self) -> int:
        return self.code if self.code in (403, 404) else 400


class Faulty(Exception):
    """A request that cannot be answered, with everything that is wrong with it."""

    def __init__(self, *faults: Fault, retry_s: int = 0) -> None:
        super().__init__([each.code for each in faults])
        self.faults = faults
        self.retry_s = retry_s


def response(format: Format, faults: Sequence[Fault], retry_s: int = 0) -> Response:
    """The status is that of a missing key; else 400 where anything is plainly wrong; else 404."""
    kinds = {each.status for each in faults}
    status = next(each for each in (403, 400, 404) if each in kinds)
    body = [{"code": each.code, "description": each.description} for each in faults]
    made = answer(format, "errors", body, status)
    if retry_s:
        made.headers["retry-after"] = str(retry_s)
    return made
