"""Recordings that are held, and how often a redaction was tried.

Revision ID: 0008
"""

from kachehri.store.migrations.eighth import holds

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add, and change nothing that stands."""
    holds.upgrade()


def downgrade() -> None:
    """There is no way back: an older program would not know what the newer one promised. Restore a backup."""
    raise NotImplementedError("Kachehri's database only goes forward; restore a backup to go back")
