"""Pictures and ready answers of an office."""


def upgrade() -> None:
    """Nothing yet."""
