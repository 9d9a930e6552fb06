"""The tables, by subject. SQLModel classes describe them; hot paths use the Core tables underneath (`table_of`)."""

from .base import Row, table_of
from .district import Area, Calendar, Category, Installation, Office, Post, Posting, ReferenceCounter, Room
from .hearing import Question, Seat, Session, Support, Turn, TurnQuestion
from .log import Command, Content, Event, Lease
from .notices import Delivery, Outbox, PushSubscription
from .people import Account, Carry, Consent, ConsentWording, Device, Login, Participant, Person, SignInAttempt
from .staff import Appointment, Audit, EquipmentKey, Invitation
from .tickets import Commitment, Follower, Ticket, TicketEvent

metadata = Row.metadata

__all__ = [
    "Account",
    "Appointment",
    "Area",
    "Audit",
    "Calendar",
    "Carry",
    "Category",
    "Command",
    "Commitment",
    "Consent",
    "ConsentWording",
    "Content",
    "Delivery",
    "Device",
    "EquipmentKey",
    "Event",
    "Follower",
    "Installation",
    "Invitation",
    "Lease",
    "Login",
    "Office",
    "Outbox",
    "Participant",
    "Person",
    "Post",
    "Posting",
    "PushSubscription",
    "Question",
    "ReferenceCounter",
    "Room",
    "Row",
    "Seat",
    "Session",
    "SignInAttempt",
    "Support",
    "Ticket",
    "TicketEvent",
    "Turn",
    "TurnQuestion",
    "metadata",
    "table_of",
]
