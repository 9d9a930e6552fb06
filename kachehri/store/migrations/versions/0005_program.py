"""The program of a hearing, its recording and its replay.

Revision ID: 0005
"""

from kachehri.store.migrations.fifth import recordings, replays

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add, and change nothing that stands."""
    for part in (recordings, replays):
        part.upgrade()


def downgrade() -> None:
    """There is no way back: an older program would not know what the newer one promised. Restore a backup."""
    raise NotImplementedError("Kachehri's database only goes forward; restore a backup to go back")
