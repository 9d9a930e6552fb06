"""Keys and tokens of programs of others."""


def upgrade() -> None:
    """Nothing yet."""
