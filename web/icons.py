"""The icons: one small set, drawn on 24 units with a round pen; a page carries only those that it shows.

An icon never stands without its word (the "back" arrow excepted), and only arrows are mirrored in a right-to-left page.
"""

from __future__ import annotations

import re
from typing import Final

SHAPES: Final[dict[str, str]] = {
    "arch": '<path d="M4 21v-9c0-4 4-5 8-9 4 4 8 5 8 9v9"/>'
    '<path d="M9 21v-6c0-1.5 1.5-2 3-4 1.5 2 3 2.5 3 4v6M2.5 21h19"/>',
    "back": '<path d="M5 12h14M11 6l-6 6 6 6"/>',
    "next": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "up": '<path d="M12 19V5M6 11l6-6 6 6"/>',
    "down": '<path d="M12 5v14M6 13l6 6 6-6"/>',
    "check": '<path d="M4.5 12.5l5 5 10-11"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "bell": '<path d="M6 17v-6a6 6 0 0112 0v6l1.5 1.5h-15zM10 20.5a2 2 0 004 0M12 3v2"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.5l3.5 2"/>',
    "day": '<rect x="4" y="5.5" width="16" height="15" rx="2"/><path d="M4 10.5h16M8.5 3v4M15.5 3v4"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "alert": '<path d="M12 4L2.8 20h18.4zM12 10v5M12 17.5v.1"/>',
    "phone": '<path d="M6 3.5h3l1.5 4.5-2 1.5c1 2.5 3 4.5 5.5 5.5l1.5-2 4.5 1.5v3c0 1-1 2-2 2'
    'C10.5 19.5 4.5 13 4 5.5c0-1 1-2 2-2z"/>',
    "mic": '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0013 0M12 18v3"/>',
    "mic-off": '<path d="M9 6a3 3 0 016 0v5m-.8 2.2A3 3 0 019 11V9M5.5 11.5a6.5 6.5 0 0010 5.5m2.5-3'
    'c.3-.8.5-1.6.5-2.5M12 18v3M4 4l16 16"/>',
    "camera": '<rect x="3" y="6.5" width="12.5" height="11" rx="2"/><path d="M15.5 10.5l5.5-3v9l-5.5-3"/>',
    "sound": '<path d="M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4 4 0 010 6M18 6.5a8 8 0 010 11"/>',
    "stop": '<rect x="6" y="6" width="12" height="12" rx="2"/>',
    "people": '<circle cx="9" cy="8" r="3.3"/>'
    '<path d="M3 20c0-4 2.5-6 6-6s6 2 6 6M16 5.2a3.3 3.3 0 010 5.8M17.5 14.5c2.3.7 3.5 2.5 3.5 5.5"/>',
    "person": '<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20.5c0-4.5 3-6.5 7.5-6.5s7.5 2 7.5 6.5"/>',
    "hidden": '<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20.5c0-4.5 3-6.5 7.5-6.5s7.5 2 7.5 6.5M3 3l18 18"/>',
    "ask": '<path d="M4 5.5h16v11H11l-4.5 4v-4H4zM8 9.5h8M8 12.8h5"/>',
    "edit": '<path d="M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5z"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 018 0v2.5"/>',
    "place": '<path d="M12 21c-4-4.5-6.5-7.5-6.5-11a6.5 6.5 0 0113 0c0 3.5-2.5 6.5-6.5 11z"/>'
    '<circle cx="12" cy="10" r="2.3"/>',
    "print": '<path d="M7 8V3.5h10V8M7 17.5H4v-8h16v8h-3M7 14.5h10v6H7z"/>',
    "find": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5.5 5.5"/>',
    "office": '<path d="M3.5 9.5L12 4l8.5 5.5zM5.5 9.5V18M10 9.5V18M14 9.5V18M18.5 9.5V18M3.5 20.5h17M4 18h16"/>',
    "send": '<path d="M3.5 11.5l17-7.5-5.5 17-3.5-7.5z"/>',
    "water": '<path d="M12 3.5c3.5 4.5 6 7.5 6 11a6 6 0 01-12 0c0-3.5 2.5-6.5 6-11z"/>',
    "road": '<path d="M8 3.5L4 20.5M16 3.5l4 17M12 4v2.5M12 10.5v3M12 17.5v3"/>',
    "health": '<rect x="3.5" y="3.5" width="17" height="17" rx="3"/><path d="M12 8v8M8 12h8"/>',
    "school": "<"
    'path d="M12 6.5C10 5 7 4.5 3.5 4.5v13.5c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2V4.5C17 4.5 14 5 12 6.5zM12 6.5V20"/>',
    "power": '<path d="M13 3L5.5 13.5H11L10.5 21 18.5 10H13z"/>',
    "land": '<path d="M3.5 6l5.5-2 6 2 5.5-2v14L15 20l-6-2-5.5 2zM9 4v14M15 6v14"/>',
    "police": '<path d="M12 3l7.5 2.5V11c0 5-3 8-7.5 10-4.5-2-7.5-5-7.5-10V5.5zM9 12l2.2 2.2L15.5 10"/>',
    "money": '<rect x="3" y="6" width="18" height="12" rx="2"/>'
    '<circle cx="12" cy="12" r="2.6"/><path d="M6.5 9.5v.1M17.5 14.5v.1"/>',
    "clean": '<path d="M5 7.5h14M9.5 7V4h5v3M6.5 7.5l1 13h9l1-13M10.5 11v6M13.5 11v6"/>',
    "gas": '<path d="M12 3c1 3.5 5 5.5 5 10.5a5 5 0 01-10 0c0-2 1-3.5 2-4.5.5 1 1 1.5 1.5 2C11 8.5 12 6 12 3z"/>',
    "crops": '<path d="M12 21V9M12 14c-4 0-6-2-6-6 4 0 6 2 6 6zM12 11c0-4 2-6 6-6 0 4-2 6-6 6z"/>',
    "papers": '<path d="M6 3.5h8.5L18.5 7.5v13H6zM14 3.5V8h4.5M9 12h6.5M9 15.5h6.5"/>',
    "copy": '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 8.5V5a1.5 1.5 0 00-1.5-1.5H5'
    'A1.5 1.5 0 003.5 5v9A1.5 1.5 0 005 15.5h3.5"/>',
    "download": '<path d="M12 3.5v12M6.5 10.5l5.5 5.5 5.5-5.5M4 20.5h16"/>',
    "upload": '<path d="M12 16V4M6.5 9L12 3.5 17.5 9M4 20.5h16"/>',
    "share": '<circle cx="6" cy="12" r="2.5"/><circle cx="17.5" cy="5.5" r="2.5"/><circle cx="17.5" cy="18.5" r="2.5"/>'
    '<path d="M8.2 10.8l7.1-4M8.2 13.2l7.1 4"/>',
    "help": '<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.7c.2-1.5 1.2-2.2 2.5-2.2'
    's2.5.8 2.5 2.2c0 2-2.5 2.1-2.5 4M12 16.8v.1"/>',
    "home": '<path d="M3.5 11.5L12 4l8.5 7.5M6 9.5v10.5h4.5v-6h3v6H18V9.5"/>',
    "list": '<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5v.1M4.5 12v.1M4.5 17.5v.1"/>',
    "gear": '<path d="M4 7.5h9M18 7.5h2M4 16.5h2M11 16.5h9"/><circle cx="15.5" cy="7.5" r="2.3"/>'
    '<circle cx="8.5" cy="16.5" r="2.3"/>',
    "key": '<circle cx="8" cy="16" r="4.5"/><path d="M11.3 12.7L20 4M16 8l3 3M13.5 10.5l2 2"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "signal": '<path d="M5 20v-3M10 20v-7M15 20V9M20 20V4"/>',
    "tape": '<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3"/>',
    "tape-off": '<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3"/><path d="M4 4l16 16"/>',
    "practice": '<path d="M12 5L2.5 9.5 12 14l9.5-4.5zM6.5 11.7V16c1.5 1.5 3.3 2.2 5.5 2.2s4-.7 5.5-2.2v-4.3"/>'
    '<path d="M21.5 9.5v5"/>',
    "eye": '<path d="M2.5 12C5 7.8 8 5.8 12 5.8s7 2 9.5 6.2c-2.5 4.2-5.5 6.2-9.5 6.2S5 16.2 2.5 12z"/>'
    '<circle cx="12" cy="12" r="2.8"/>',
    "handset": '<rect x="7" y="2.8" width="10" height="18.4" rx="2"/><path d="M11 18.2h2"/>',
    "flag": '<path d="M5.5 21V4M5.5 4.5c4-2 8 2 13 0v9c-5 2-9-2-13 0"/>',
    "other": '<circle cx="5.5" cy="12" r="1.3"/><circle cx="12" cy="12" r="1.3"/><circle cx="18.5" cy="12" r="1.3"/>',
}
MARK: Final = "<!--icons-->"
_USED: Final = re.compile(r'href="#i-([a-z-]+)"')


def with_sprite(html: str) -> str:
    """The page with the symbols that it refers to in place of the mark."""
    names = sorted(set(_USED.findall(html)) & SHAPES.keys())
    symbols = "".join(f'<symbol id="i-{name}" viewBox="0 0 24 24">{SHAPES[name]}</symbol>' for name in names)
    return html.replace(MARK, f'<svg width="0" height="0" class="unseen" aria-hidden="true">{symbols}</svg>', 1)
