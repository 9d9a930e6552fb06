"""Everything an administrator may choose, as one frozen tree with units and reasons.

`tree.py` says what can be set, `reading.py` fills it from a TOML file and the environment and reports every
mistake at once, `document.py` writes `kachehri/SETTINGS.md` from the same definitions.
May import: the standard library. The environment is read here and nowhere else.
Does not belong here: numbers of the rules (rooms/limits.py), or what follows from a setting.
Start reading: tree.py.
"""

from kachehri.settings.reading import Problem, SettingsError, from_mapping, load
from kachehri.settings.tree import Settings

__all__ = ["Problem", "Settings", "SettingsError", "from_mapping", "load"]
