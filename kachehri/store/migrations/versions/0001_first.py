"""The nouns that must be right from the start.

Revision ID: 0001
"""

from kachehri.store.migrations.first import district, hearing, log, notices, people, tickets, triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# In the order in which they refer to each other.
TABLES = (
    district.area,
    log.command,
    people.consent_wording,
    log.content,
    people.device,
    log.event,
    district.installation,
    log.lease,
    district.office,
    notices.outbox,
    people.person,
    district.reference_counter,
    people.sign_in_attempt,
    hearing.support,
    tickets.ticket_event,
    people.account,
    district.calendar,
    district.category,
    people.consent,
    notices.delivery,
    district.post,
    district.room,
    people.login,
    district.posting,
    hearing.session,
    tickets.commitment,
    people.participant,
    hearing.question,
    hearing.seat,
    tickets.ticket,
    hearing.turn,
    tickets.follower,
    hearing.turn_question,
)


def upgrade() -> None:
    """Make every table, then forbid changing what the logs say."""
    for create in TABLES:
        create()
    triggers.forbid_changes("event", "ticket_event")


def downgrade() -> None:
    """There is no way back: an older program would not know what the newer one promised. Restore a backup."""
    raise NotImplementedError("Kachehri's database only goes forward; restore a backup to go back")
