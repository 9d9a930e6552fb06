"""Whom a question complains about: said by the desk, so that at the close its ticket goes around them."""

from typing import Annotated

import msgspec

from .base import Command, Event, Id

#: Ids of posts and offices are the house's own, so their letters are not told from each other here.
About = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^((office/)?[A-Za-z0-9_-]{1,64})?$(?!\n)",
        description="a post by its id, or `office/` and the id of an office; empty: nobody",
    ),
]


class ConcernQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.concern"):
    """Say whom it complains about, so that its ticket goes around them; nothing, where that was a mistake."""

    question: Id
    about: About


class QuestionConcerned(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.concerned"):
    """Whom it complains about was said; told to nobody who follows, since they may be among them."""

    audience = "system"
    question: str
    about: str
