"""What was signed of the record."""

from .base import Row, big


class RecordHead(Row, table=True):
    """One signed line (kachehri/proof/heads.py), as it also stands in the file. Never changed."""

    __tablename__ = "record_head"
    n: int = big(primary_key=True)
    at: int = big()
    line: bytes
