"""Messages on their way, and whom they reach."""


def upgrade() -> None:
    """Nothing yet."""
