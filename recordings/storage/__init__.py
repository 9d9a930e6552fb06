"""Where whole segments are kept besides the folder that they were written to. Start reading: port.py."""

from .local import LocalStorage
from .port import Storage, StorageError, Stored

__all__ = ["LocalStorage", "Storage", "StorageError", "Stored"]
