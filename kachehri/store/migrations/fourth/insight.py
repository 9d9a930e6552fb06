"""What was suggested, and figures as they were."""


def upgrade() -> None:
    """Nothing yet."""
