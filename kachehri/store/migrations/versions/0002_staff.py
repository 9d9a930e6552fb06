"""Staff by invitation, second factors, accountable acts, alerts.

Revision ID: 0002
"""

from kachehri.store.migrations import second
from kachehri.store.migrations.first import triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    second.invitation,
    second.appointment,
    second.audit,
    second.account,
    second.push_subscription,
    second.carry,
)


def upgrade() -> None:
    """Add, and change nothing that stands."""
    for create in TABLES:
        create()
    triggers.forbid("audit")


def downgrade() -> None:
    """There is no way back: an older program would not know what the newer one promised. Restore a backup."""
    raise NotImplementedError("Kachehri's database only goes forward; restore a backup to go back")
