"""The tables, by subject. SQLModel classes describe them; hot paths use the Core tables underneath (`table_of`)."""

from .base import Row, table_of
from .captions import CaptionFile
from .district import (
    Area,
    AreaWithin,
    Calendar,
    CalendarVersion,
    Category,
    Installation,
    Office,
    Post,
    Posting,
    ReferenceCounter,
    Room,
)
from .doors import ApiFiling, ApiKey
from .evidence import Picture, Reply, TicketPart
from .hearing import Question, Seat, Session, Support, Turn, TurnQuestion
from .insight import Hint, ReportSnapshot
from .log import Command, Content, Event, Lease
from .notices import Contact, Delivery, Hook, Outbox, PushSubscription
from .people import Account, Carry, Consent, ConsentWording, Device, Login, Participant, Person, SignInAttempt
from .proof import RecordHead
from .recordings import RecordedSegment
from .redactions import RecordingHold, RedactedWords, Redaction
from .replays import ReplayChapter, ReplayRequest
from .routing import RoutingRule
from .staff import Appointment, Audit, EquipmentKey, Invitation
from .tickets import Commitment, Follower, SeatOffer, Ticket, TicketEvent, TicketKey

metadata = Row.metadata

__all__ = [
    "Account",
    "ApiFiling",
    "ApiKey",
    "Appointment",
    "Area",
    "AreaWithin",
    "Audit",
    "Calendar",
    "CalendarVersion",
    "CaptionFile",
    "Carry",
    "Category",
    "Command",
    "Commitment",
    "Consent",
    "ConsentWording",
    "Contact",
    "Content",
    "Delivery",
    "Device",
    "EquipmentKey",
    "Event",
    "Follower",
    "Hint",
    "Hook",
    "Installation",
    "Invitation",
    "Lease",
    "Login",
    "Office",
    "Outbox",
    "Participant",
    "Person",
    "Picture",
    "Post",
    "Posting",
    "PushSubscription",
    "Question",
    "RecordHead",
    "RecordedSegment",
    "RecordingHold",
    "RedactedWords",
    "Redaction",
    "ReferenceCounter",
    "ReplayChapter",
    "ReplayRequest",
    "Reply",
    "ReportSnapshot",
    "Room",
    "RoutingRule",
    "Row",
    "Seat",
    "SeatOffer",
    "Session",
    "SignInAttempt",
    "Support",
    "Ticket",
    "TicketEvent",
    "TicketKey",
    "TicketPart",
    "Turn",
    "TurnQuestion",
    "metadata",
    "table_of",
]
