"""Figures as they were."""

from sqlmodel import Field

from .base import Row, big


class ReportSnapshot(Row, table=True):
    """One report of one day at the house (ISO 8601)."""

    __tablename__ = "report_snapshot"
    day: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    at: int = big()
    body: bytes
