"""A clock in a picture: the time of day as a field of large black and white squares, painted here and read elsewhere.

`BITS` squares in `ROWS` rows, the highest first, each a tenth of the picture's width: they survive every encoder on the
way and a rendition of half the size. Times are Unix milliseconds, modulo 2^24 (4.6 hours).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

BITS: Final = 24
ROWS: Final = 3
COLUMNS: Final = BITS // ROWS


@dataclass(frozen=True)
class Field:
    """Where the squares are in a picture, and how large, as parts of the picture's width."""

    left: float
    top: float
    size: float


#: In the camera's picture, which is 640 by 360 or of the same shape.
IN_CAMERA: Final = Field(64 / 640, 84 / 640, 64 / 640)
#: In the program while whoever films is alone there: 16 lines above and below are lost to the strip with the name
#: (recordings/program/picture.py), so that all stands 16 lines higher.
IN_PROGRAM: Final = Field(64 / 640, 68 / 640, 64 / 640)
#: And while somebody is beside: 448 by 328 are filled, and both sides are cropped.
IN_COMPANY: Final = Field(-9.2 / 640, 76.5 / 640, 58.3 / 640)
#: Reads the clock of what an element shows, in milliseconds modulo 2^24; null while there is no picture, or where a
#: square is neither black nor white.
_VALUE: Final = """(video) => {
  if (!video?.videoWidth || video.readyState < 2) return null;
  const canvas = (window.reader ??= document.createElement("canvas"));
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const [left, top, size] = [$LEFT, $TOP, $SIZE].map((part) => part * canvas.width);
  let value = 0;
  for (let row = 0; row < $ROWS; row++) for (let column = 0; column < $COLUMNS; column++) {
    const x = Math.round(Math.max(size / 4, left + size * (column + 0.5))), y = Math.round(top + size * (row + 0.5));
    const shade = context.getImageData(x, y, 1, 1).data[1];
    if ($SURE && shade > 75 && shade < 175) return null;
    value = value * 2 + (shade > 127 ? 1 : 0);
  }
  return value || null;
}"""


def script(field: Field, *, sure: bool = True) -> str:
    """A function for a page that reads the clock of an element. `sure`: null rather than a guess."""
    parts = {"$LEFT": field.left, "$TOP": field.top, "$SIZE": field.size, "$ROWS": ROWS, "$COLUMNS": COLUMNS}
    made = _VALUE.replace("$SURE", "true" if sure else "false")
    for name, value in parts.items():
        made = made.replace(name, str(value))
    return made


#: How old the picture in an element is, in milliseconds, while whoever films is alone in it; null without a picture.
READ: Final = f"""(video) => {{
  const value = ({script(IN_PROGRAM, sure=False)})(video);
  return value === null ? null : (Date.now() - value + 2 ** {BITS}) % 2 ** {BITS};
}}"""

Luma = NDArray[np.uint8]


def paint(luma: Luma, clock_ms: int, field: Field) -> None:
    """Paint the clock into a picture's luma (BT.601, limited range)."""
    left, top, size = (part * luma.shape[1] for part in (field.left, field.top, field.size))
    for bit in range(BITS):
        row, column = divmod(bit, COLUMNS)
        white = clock_ms >> (BITS - 1 - bit) & 1
        luma[_span(top, size, row), _span(left, size, column)] = 235 if white else 16


def read(luma: Luma, field: Field = IN_PROGRAM) -> int | None:
    """The clock of a decoded picture, in milliseconds modulo 2^24; None where no clock is sure to be."""
    left, top, size = (part * luma.shape[1] for part in (field.left, field.top, field.size))
    value = 0
    for bit in range(BITS):
        row, column = divmod(bit, COLUMNS)
        shade = int(luma[round(top + size * (row + 0.5)), round(max(size / 4, left + size * (column + 0.5)))])
        if 75 < shade < 175:
            return None
        value = value * 2 + (shade > 127)
    return value or None


def _span(start: float, size: float, index: int) -> slice:
    return slice(max(0, round(start + size * index)), round(start + size * (index + 1)))
