"""The life of tickets.

Revision ID: 0004
"""

from kachehri.store.migrations.fourth import district, doors, evidence, insight, life, notices, promises, proof

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add, and change nothing that stands."""
    for part in (life, district, notices, evidence, promises, doors, proof, insight):
        part.upgrade()


def downgrade() -> None:
    """There is no way back: an older program would not know what the newer one promised. Restore a backup."""
    raise NotImplementedError("Kachehri's database only goes forward; restore a backup to go back")
