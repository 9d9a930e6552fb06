"""Captions that were made of a hearing afterwards.

Revision ID: 0007
"""

from kachehri.store.migrations.seventh import captions

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add, and change nothing that stands."""
    captions.upgrade()


def downgrade() -> None:
    """There is no way back: an older program would not know what the newer one promised. Restore a backup."""
    raise NotImplementedError("Kachehri's database only goes forward; restore a backup to go back")
