"""A clock in a picture: the time of day as a field of large black and white squares, painted here and read elsewhere.

`BITS` squares in `ROWS` rows, the highest first, each a tenth of the picture's width: they survive every encoder on the
way and a rendition of half the size. Times are Unix milliseconds, modulo 2^24 (4.6 hours).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

BITS: Final = 24
ROWS: Final = 3
COLUMNS: Final = BITS // ROWS
#: Where the field begins in a picture of 640 by 360: alone on the stage, a camera's picture loses 16 lines above and
#: below to the strip with the name (recordings/program/picture.py), so that it stands 16 lines higher in the program.
IN_CAMERA, IN_PROGRAM = 84 / 360, 68 / 360
#: Reads the clock of a picture: how old it is in milliseconds; null while there is none.
READ = """(video) => {
  if (!video.videoWidth || video.readyState < 2) return null;
  const [columns, rows] = [$COLUMNS, $ROWS], canvas = (window.reader ??= document.createElement("canvas"));
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const now = Date.now(), size = canvas.width / (columns + 2), top = canvas.height * $TOP;
  let value = 0;
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    const [x, y] = [Math.round(size * (column + 1.5)), Math.round(top + size * (row + 0.5))];
    value = value * 2 + (context.getImageData(x, y, 1, 1).data[1] > 127 ? 1 : 0);
  }
  return (now - value + 2 ** $BITS) % 2 ** $BITS;
}"""
for _name, _value in {"$COLUMNS": COLUMNS, "$ROWS": ROWS, "$BITS": BITS, "$TOP": round(IN_PROGRAM, 4)}.items():
    READ = READ.replace(_name, str(_value))

Luma = NDArray[np.uint8]


def paint(luma: Luma, clock_ms: int, top: float) -> None:
    """Paint the clock into a picture's luma (BT.601, limited range). `top`: where it begins, as part of the height."""
    height, width = luma.shape
    size, above = width / (COLUMNS + 2), height * top
    for bit in range(BITS):
        row, column = divmod(bit, COLUMNS)
        white = clock_ms >> (BITS - 1 - bit) & 1
        luma[_span(above, size, row), _span(size, size, column)] = 235 if white else 16


def read(luma: Luma, top: float = IN_PROGRAM) -> int:
    """The clock of a decoded picture, in milliseconds modulo 2^24."""
    height, width = luma.shape
    size, above, value = width / (COLUMNS + 2), height * top, 0
    for bit in range(BITS):
        row, column = divmod(bit, COLUMNS)
        value = value * 2 + int(luma[round(above + size * (row + 0.5)), round(size * (column + 1.5))] > 127)
    return value


def _span(start: float, size: float, index: int) -> slice:
    return slice(round(start + size * index), round(start + size * (index + 1)))
