"""Tables for other programs: a workbook with a sheet for each office, and lines of text with commas between.

A cell that begins like a formula is a program that runs on somebody's desk (CWE-1236). In a workbook every cell is
written as text; a text file has no such thing as text, so a sign in front takes the meaning away.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from .wire import Job, Rows

#: Programs read these files by this mark as UTF-8 (RFC 3629 §6), and Urdu as Urdu.
BYTE_ORDER_MARK: Final = "\ufeff"
#: What makes a cell a formula, also behind blanks and signs that nobody sees; tabs and breaks would begin a cell of
#: their own.
_UNSEEN: Final = r"\s\x00-\x1f\x7f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_FORMULA: Final = re.compile(rf"[{_UNSEEN}]*[=+\-@\t\r|%＝＋－＠−﹢﹣﹦﹫]")
_BEHIND: Final = re.compile(rf"([;\t])(?={_FORMULA.pattern})")
#: Names of sheets may not hold these, nor be longer than 31 characters (ECMA-376).
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
SHEET_NAME_MOST: Final = 31


def guarded(cell: str | int) -> str:
    """A cell that no program takes for a formula, nor what stands behind a separator in it."""
    text = str(cell).replace("\r\n", "\n").replace("\r", "\n")
    if '"' in text:  # whoever separates otherwise than we do may take it for the end of a cell
        text = _BEHIND.sub(r"\1'", text)
    return f"'{text}" if _FORMULA.match(text) else text


def lines(rows: Iterable[Sequence[str | int]]) -> bytes:
    """Rows as comma-separated values (RFC 4180), in UTF-8."""
    out = io.StringIO(newline="")
    # All in quotes: where a semicolon separates, what stands behind one would begin a cell of its own.
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


class Book:
    """A workbook, written row by row so that memory does not grow with it."""

    def __init__(self, job: Job) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        self._rtl = job.sheets_rtl
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book: Any = xlsxwriter.Workbook(job.target, {**options, "strings_to_numbers": False})
        self._book.set_properties({"title": job.title})
        plain = {"valign": "top", "text_wrap": True}
        self._plain: Any = self._book.add_format(plain)
        self._head: Any = self._book.add_format({**plain, "bold": True, "bg_color": "#E6F1F3", "bottom": 1})
        self._sheets: dict[str, tuple[Any, int]] = {}

    def add(self, part: Rows) -> None:
        name = self._name(part.sheet)
        sheet, at = self._sheets.get(name) or (self._begin(name, part.widths), 0)
        for row in part.rows:
            for column, cell in enumerate(row):
                style = self._plain if at else self._head
                if isinstance(cell, int):
                    sheet.write_number(at, column, cell, style)
                else:
                    sheet.write_string(at, column, cell, style)
            at += 1
        self._sheets[name] = (sheet, at)

    def _begin(self, name: str, widths: Sequence[int]) -> Any:
        sheet = self._book.add_worksheet(name)
        if self._rtl:
            sheet.right_to_left()
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def _name(self, wanted: str) -> str:
        return _FORBIDDEN.sub(" ", wanted).strip("' ")[:SHEET_NAME_MOST] or "-"

    def close(self) -> None:
        self._book.close()
