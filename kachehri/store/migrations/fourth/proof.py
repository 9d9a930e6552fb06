"""Heads of the record that were published."""


def upgrade() -> None:
    """Nothing yet."""
