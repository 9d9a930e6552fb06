"""The recording on the disk: written part by part, readable at any moment, and found again after any end.

Start reading: recordings/RECORDING.md, then layout.py.
"""

from .archive import Archive
from .layout import Index, Part, RecordingError, Segment
from .track import Track

__all__ = ["Archive", "Index", "Part", "RecordingError", "Segment", "Track"]
