"""Does what the clocks of tickets say is due: raises what is late, accepts what nobody accepts, closes what nobody
answers, and reminds those who work on it.

Every few seconds it takes the tickets whose time has come, the longest overdue first, a few in each transaction, and
goes on behind the last one, so that one that cannot be helped holds up none. What is due is reckoned from the ticket's
own steps, and a step is written only onto the end that was read: two of these, in one process or in two, raise a ticket
once. When the calendar changes it goes through the open tickets and says on each whose day has moved that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from . import calendars, posts, public_holidays, ticketing
from .logs import logger
from .rounds import Rounds
from .store import Connection, Store, StoreError, outbox, savepoint
from .store import calendar as rows
from .tickets import clocks
from .tickets.acts import Act, Assign
from .tickets.calendar import WorkingCalendar
from .tickets.chart import Chart
from .tickets.escalation import REMINDERS
from .tickets.events import Happened, decode
from .tickets.life import Life, replay
from .tickets.status import TicketRefused

EVERY_S: Final = 5.0
#: Tickets in one transaction: others who write wait no longer than these take.
PAGE: Final = 10
#: What could not be done is tried again after this long.
RETRY_MS: Final = 3_600_000
#: Acts that follow from each other, such as an escalation when a pause has run out.
ROUNDS: Final = 4


class TicketClock:
    """Looks at the start and every few seconds; any number of workers may do so.

    Arguments:
        zone: the time zone of the house, as it is now.
    """

    def __init__(self, store: Store, zone: Callable[[], str]) -> None:
        self._store, self._zone = store, zone
        self.rounds = Rounds("tickets", self.look, EVERY_S)

    def look(self) -> int:
        """Once, now: everything that is due. Returns how many tickets it has looked at."""
        with self._store.write() as conn:
            public_holidays.tend(conn, self._store.now(conn), self._zone())
        return self._pages() + self._sweep()

    def _pages(self) -> int:
        seen, after = 0, (-1, "")
        while True:
            with self._store.write() as conn:
                now = self._store.now(conn)
                page = rows.waiting(conn, now, after=after, limit=PAGE)
                work = Work(conn, now, [each.id for each in page])
                for each in page:
                    work.tend(each.id, each.next_at)
            if not page:
                return seen
            seen += len(page)
            after = (page[-1].next_at, page[-1].id)

    def _sweep(self) -> int:
        """Go on through the open tickets where the calendar has changed since they were last gone through."""
        seen = 0
        while True:
            with self._store.write() as conn:
                now = self._store.now(conn)
                page = calendars.unswept(conn, PAGE)
                if page is None:
                    return seen
                work = Work(conn, now, page.ids)
                for id in page.ids:
                    work.tend(id)
                calendars.swept(conn, page)
            seen += len(page.ids)


class Work:
    """What one transaction does; the calendar, the chart of posts and all chains are read once for its tickets."""

    def __init__(self, conn: Connection, now: int, ids: Sequence[str]) -> None:
        self._conn, self._now = conn, now
        self._chains = rows.chains(conn, ids)
        self._calendar: WorkingCalendar = calendars.current(conn)
        self._chart: Chart | None = None

    @property
    def chart(self) -> Chart:
        if self._chart is None:
            self._chart = posts.chart(self._conn, self._now)
        return self._chart

    def tend(self, ticket_id: str, since: int | None = None) -> None:
        """Do what is due on a ticket, remind whoever is to be reminded, and say when to look again.

        Arguments:
            since: reminders from this instant on have not been given; None: leave them to the next look.
        """
        try:
            with savepoint(self._conn):
                life = self.read(ticket_id)
                if since is not None:
                    self._remind(life, since)
                life, refused = self._act(life)
                ahead = clocks.next_due(life, self._calendar, self._now if since is not None else None)
                if refused:  # nothing that could be done at once is left, so whatever is due still has to wait
                    later = self._now + RETRY_MS
                    ahead = (min(later, ahead[0]) if ahead and ahead[0] > self._now else later, "remind")
                rows.look_again(self._conn, ticket_id, life.seq, *(ahead or (None, None)))
        except TicketRefused as busy:
            logger(__name__).info("ticket.left", ticket=ticket_id, code=busy.code)
        except StoreError:
            raise
        except Exception:  # one ticket that cannot be read must not stop the clocks of the others
            logger(__name__).exception("ticket.clock_failed", ticket=ticket_id, way="!")
            rows.put_off(self._conn, ticket_id, self._now + RETRY_MS)

    def read(self, ticket_id: str) -> Life:
        """A ticket as its steps have made it."""
        steps = [
            Happened(each.seq, each.at, each.actor, decode(each.type, each.body)) for each in self._chains[ticket_id]
        ]
        return replay(ticket_id, steps)

    def _act(self, life: Life) -> tuple[Life, bool]:
        """The ticket after what was due, and whether something of it was refused."""
        refused = False
        for _ in range(ROUNDS):
            done = False
            for act in clocks.due_actions(life, self._calendar, self._now, self._above(life)):
                try:
                    with savepoint(self._conn):
                        life = ticketing.act(self._conn, self._now, life.id, self._manned(life, act), ticketing.CLOCK)
                    done = True
                except TicketRefused as no:
                    if no.code == "ticket_busy":
                        raise
                    refused = True
                    logger(__name__).warning("ticket.clock_refused", ticket=life.id, act=act.step, code=no.code)
            if refused or not done:
                break
        return life, refused

    def _above(self, life: Life) -> Callable[[int], str]:
        return lambda level: self.chart.above(life.post, life.office, level, self._now, life.about)

    def _manned(self, life: Life, act: Act) -> Act:
        """Who accepts what nobody accepted: the post that it was sent to, else the head of the office."""
        if not isinstance(act, Assign):
            return act
        post = act.post or self.chart.head(life.office)
        return Assign(post=post, account=self.chart.account(post, self._now, life.about))

    def _remind(self, life: Life, since: int) -> None:
        tasks = []
        local = self._calendar.days(life.area)
        for at, name in clocks.reminders(life, self._calendar):
            if not max(since, life.at + 1) <= at <= self._now:
                continue
            notice = REMINDERS[name].notice
            key = f"{notice}/{life.id}/{name}/{at}"
            params = {"clock": name, "post": life.accountable or life.post, "office": life.office}
            body = {"notice": notice, "ticket": life.id, "params": params}
            tasks.append(
                outbox.Task(
                    id=key,
                    unique_key=key,
                    kind="notice",
                    session_id=None,
                    ticket_id=life.id,
                    body=msgspec.json.encode(body),
                    created_at=self._now,
                    # What was found at night waits for the morning.
                    due_at=local.at_work(self._now),
                )
            )
        outbox.add(self._conn, tasks)
