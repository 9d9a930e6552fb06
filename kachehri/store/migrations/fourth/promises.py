"""What was promised aloud."""


def upgrade() -> None:
    """Nothing yet."""
