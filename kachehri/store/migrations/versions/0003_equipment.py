"""Keys for studio equipment.

Revision ID: 0003
"""

from kachehri.store.migrations import third

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add, and change nothing that stands."""
    third.equipment_key()


def downgrade() -> None:
    """There is no way back: an older program would not know what the newer one promised. Restore a backup."""
    raise NotImplementedError("Kachehri's database only goes forward; restore a backup to go back")
