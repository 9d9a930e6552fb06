"""What everybody gets of a recording after the close: the same length, and silence and a slate where nothing is theirs.

Start reading: recordings/RECORDING.md, then plan.py. Pages use `Edition` and `Basis`; `making.py` and `sealing.py` run
in a process of their own.
"""

from .edition import Edition, State
from .plan import Basis, Cover, Plan

__all__ = ["Basis", "Cover", "Edition", "Plan", "State"]
