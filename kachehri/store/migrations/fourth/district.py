"""Which post answers where, and on which days."""


def upgrade() -> None:
    """Nothing yet."""
