"""What an encoder hands over, as a file wants it: H.264 without start codes (ISO/IEC 14496-15), and AAC's few bytes."""

from __future__ import annotations

import re
import struct
from itertools import pairwise
from typing import Final

#: NAL unit types of ITU-T H.264, table 7-1.
_SPS: Final = 7
_PPS: Final = 8
#: Slices, and messages to the decoder. Parameter sets stand in the head; delimiters and filling serve nobody here.
_KEPT: Final = (1, 5)
_START: Final = re.compile(b"\x00\x00\x01")
#: ISO/IEC 14496-3, table 1.18.
_RATES: Final = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)


def nal_units(data: bytes) -> list[bytes]:
    """The NAL units of a byte stream with start codes (H.264 annex B)."""
    starts = [match.start() for match in _START.finditer(data)]
    units = (data[start + 3 : end].rstrip(b"\x00") for start, end in pairwise([*starts, len(data)]))
    return [unit for unit in units if unit]


def sample_of(data: bytes) -> bytes:
    """One picture: its slices, each behind its length in four bytes."""
    units = [unit for unit in nal_units(data) if unit[0] & 0x1F in _KEPT]
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in units)


def avc_configuration(data: bytes) -> bytes:
    """The AVCDecoderConfigurationRecord (14496-15 §5.3.3.1) for parameter sets with start codes.

    Errors: `ValueError` without both of them.
    """
    if data[:1] == b"\x01":
        return data  # it is one already
    units = nal_units(data)
    sps = [unit for unit in units if unit[0] & 0x1F == _SPS and len(unit) >= 4]
    pps = [unit for unit in units if unit[0] & 0x1F == _PPS]
    if not sps or not pps:
        raise ValueError("there is no SPS and PPS")
    parts = [b"\x01", sps[0][1:4], b"\xff", bytes([0xE0 | len(sps)])]
    parts += [struct.pack(">H", len(unit)) + unit for unit in sps]
    parts += [bytes([len(pps)])] + [struct.pack(">H", len(unit)) + unit for unit in pps]
    return b"".join(parts)


def aac_configuration(rate: int, channels: int) -> bytes:
    """The AudioSpecificConfig of AAC-LC (14496-3 §1.6.2.1). Errors: `ValueError` for a rate that AAC does not have."""
    return struct.pack(">H", 2 << 11 | _RATES.index(rate) << 7 | channels << 3)
