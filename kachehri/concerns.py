"""Whom a ticket complains about: said once, and from then on it goes around them. Takes a connection."""

from __future__ import annotations

from . import posts
from .routing import routing
from .store import Connection
from .tickets.acts import Concern
from .tickets.chart import office_about
from .tickets.life import Life
from .tickets.status import TicketRefused


def concern(conn: Connection, now: int, life: Life, about: str) -> Concern:
    """The act that says it, with where the ticket goes if it lies with them now.

    Arguments:
        about: a post by its id, an office (`about_office`), or nothing, where that was a mistake.

    Errors: `TicketRefused("office_missing")` for one that there is not.
    """
    chart = posts.chart(conn, now)
    office = office_about(about)
    if about and (office not in chart.offices if office else about not in chart.chairs):
        raise TicketRefused("office_missing")
    routed = routing(conn, now).route(life.category, area=life.area, about=about)
    if routed.why == "nobody_else":
        return Concern(about=about)
    return Concern(about=about, office=routed.office, post=routed.post, why=routed.why, rule=routed.rule)
