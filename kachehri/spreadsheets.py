"""Reads tables as offices save them: CSV in whichever encoding and with whichever separator, told line by line.

Excel writes CSV by the machine's own habits: UTF-8 with a mark, UTF-16 with tabs ("Unicode text"), or Windows-1256
with semicolons. What cannot be told from the bytes is guessed, and the guess is said, so that a person looks.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from .papers.sheets import guarded

#: A district with a thousand villages has about 60 KB.
FILE_MOST: Final = 524_288
ROWS_MOST: Final = 5_000
_SEPARATORS: Final = ",;\t"
#: The letters of Urdu that Windows-1256 has only in their Arabic shape.
_URDU: Final = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})


@dataclass(frozen=True)
class Fault:
    """Something wrong at a line of the file; `code` names a sentence, `lists.<code>`. Line 0: the file as a whole."""

    line: int
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


class Unreadable(Exception):
    """The file is no table of this kind."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True)
class Row:
    """One line of the table: its number in the file, from 1, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A file that could be read. `guessed`: the encoding follows from nothing in the file."""

    rows: tuple[Row, ...]
    encoding: str
    guessed: bool = False


def read(content: bytes, columns: Sequence[str], required: Sequence[str]) -> Table:
    """The rows of a CSV file with these columns, in any order; empty lines are skipped.

    Raises:
        Unreadable: with everything that is wrong with the file as such.
    """
    if len(content) > FILE_MOST:
        raise Unreadable(Fault(0, "too_big", {"limit": FILE_MOST // 1024}))
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise Unreadable(Fault(0, "workbook"))
    text, encoding, guessed = _decode(content)
    if not text.strip():
        raise Unreadable(Fault(0, "empty"))
    if "\x00" in text:
        raise Unreadable(Fault(0, "no_text"))
    rows = _rows(text)
    head_line, head = rows[0]
    names = [cell.strip().casefold().replace(" ", "_") for cell in head]
    faults = [Fault(head_line, "column_missing", {"column": each}) for each in required if each not in names]
    faults += [Fault(head_line, "column_unknown", {"column": each}) for each in names if each and each not in columns]
    faults += [Fault(head_line, "column_twice", {"column": each}) for each in columns if names.count(each) > 1]
    if faults:
        raise Unreadable(*faults)
    found = []
    for line, cells in rows[1:]:
        # A field's text may have a comma that was not quoted: its row has more cells than the head.
        if any(cell.strip() for cell in cells[len(names) :]):
            faults.append(Fault(line, "too_many_cells", {"most": len(names)}))
            continue
        found.append(Row(line, {name: _plain(cell) for name, cell in zip(names, cells, strict=False) if name}))
    if len(found) > ROWS_MOST:
        faults.append(Fault(0, "too_many_rows", {"limit": ROWS_MOST}))
    if faults:
        raise Unreadable(*faults)
    return Table(tuple(found), encoding, guessed)


def _decode(content: bytes) -> tuple[str, str, bool]:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(name), name.upper(), False
            except UnicodeDecodeError:
                raise Unreadable(Fault(0, "no_text")) from None
    if content[1::2].count(0) > len(content) // 8:  # Latin letters and separators in UTF-16 without its mark
        try:
            return content.decode("utf-16-le"), "UTF-16-LE", True
        except UnicodeDecodeError:
            raise Unreadable(Fault(0, "no_text")) from None
    try:
        return content.decode("utf-8"), "UTF-8", False
    except UnicodeDecodeError:
        return content.decode("cp1256", "replace").translate(_URDU), "Windows-1256", True


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Each row that is not empty, with the line on which it begins."""
    first = next(line for line in text.splitlines() if line.strip())
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((before + 1, cells))
            before = reader.line_num
    except csv.Error:
        raise Unreadable(Fault(before + 1, "quote")) from None
    return rows


def _plain(cell: str) -> str:
    """A cell without what `write` put in front of it."""
    text = " ".join(cell.split())
    return text[1:] if text.startswith("'") and _safe(text[1:]) == text else text


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith("'") else guarded(cell)


def write(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """A file that `read` takes back: UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow(columns)
    # All in quotes: where a semicolon separates, what stands behind one would begin a cell of its own.
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([_safe(row.get(column, "")) for column in columns] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()
