"""What a program sends: parameters of an address or a form, read by the standard's rules.

An empty parameter counts as one that was not passed. Lists are separated by commas. Instants are those of the W3C note
on date and time (a profile of ISO 8601): with a zone, or a whole day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from web import forms, uploads
from web.open311.errors import Fault, Faulty

#: Bytes of a form with files in it; the files are not kept.
UPLOAD_MOST: Final = 2_097_152
FIELDS_MOST: Final = 100
LIST_MOST: Final = 500
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?")
_ATTRIBUTE: Final = re.compile(r"attribute\[([A-Za-z0-9_-]{1,40})\](\[\])?")


@dataclass
class Parameters:
    """What was passed, without what was empty; and what is wrong so far."""

    values: dict[str, str] = field(default_factory=dict)
    #: The answers to a service's own questions, by code.
    attributes: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def wrong(self, description: str, code: int = 400) -> None:
        self.faults.append(Fault(code, description))

    def checked(self) -> None:
        """Everything that is wrong is told at once.

        Errors: `Faulty`.
        """
        if self.faults:
            raise Faulty(*self.faults)

    def several(self, name: str) -> list[str]:
        """The members of a comma list, each once."""
        members = list(dict.fromkeys(each.strip() for each in self.get(name).split(",") if each.strip()))
        if len(members) > LIST_MOST:
            self.wrong(f"{name} names more than {LIST_MOST}")
        return members[:LIST_MOST]

    def instant(self, name: str, *, end: bool = False) -> int | None:
        """In milliseconds; a whole day is its beginning (UTC), or its end.

        Arguments:
            end: the last of a range, which it belongs to.
        """
        text = self.get(name)
        if not text:
            return None
        try:
            if _INSTANT.fullmatch(text) is None:
                raise ValueError
            found = datetime.fromisoformat(text)
            if "T" not in text:
                found = found.replace(tzinfo=UTC)
            at = round(found.timestamp() * 1000)
        except (ValueError, OverflowError):
            self.wrong(f"{name} is no date and time such as 2026-05-24T00:00:00Z")
            return None
        return at + (86_400_000 if "T" not in text else 1_000) - 1 if end else at

    def whole(self, name: str, usual: int, most: int) -> int:
        """A whole number from 1."""
        text = self.get(name)
        if not text:
            return usual
        if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= most):
            self.wrong(f"{name} is no number from 1 to {most}")
            return usual
        return int(text)

    def degrees(self, name: str, most: int) -> float | None:
        text = self.get(name)
        if not text:
            return None
        if re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,20})?", text) is None or abs(float(text)) > most:
            self.wrong(f"{name} is no number of degrees from -{most} to {most}")
            return None
        return float(text)


def of_query(request: Request) -> Parameters:
    return _made(request.query_params.multi_items())


async def of_form(request: Request) -> Parameters:
    """What was posted, as a form or with files in it, and besides it what the address says.

    Errors: `Faulty`.
    """
    kind = request.headers.get("content-type", "").lower()
    try:
        if kind.startswith("multipart/form-data"):
            boundary = uploads.boundary(request.headers["content-type"])
            sent = list(uploads.parts(await uploads.body(request, UPLOAD_MOST), boundary).fields.items())
        elif kind.startswith("application/x-www-form-urlencoded"):
            raw = (await forms.body(request)).decode("ascii")
            sent = parse_qsl(raw, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=FIELDS_MOST)
        else:
            raise Faulty(Fault(400, "A request is sent as application/x-www-form-urlencoded; charset=utf-8"))
    except forms.FormRefused as refused:
        said = "The form is too large" if refused.status == 413 else "The form cannot be read"
        raise Faulty(Fault(400, said)) from None
    except ValueError:
        raise Faulty(Fault(400, "The form cannot be read; it has to be UTF-8")) from None
    return _made([*request.query_params.multi_items(), *sent])


def _made(pairs: Iterable[tuple[str, str]]) -> Parameters:
    found = Parameters()
    for name, value in pairs:
        value = forms.written(value).strip()
        if not value:
            continue
        attribute = _ATTRIBUTE.fullmatch(name)
        if attribute is None:
            found.values[name] = value
        elif attribute[2]:
            found.attributes.setdefault(attribute[1], []).append(value)
        else:
            found.attributes[attribute[1]] = [value]
    return found
