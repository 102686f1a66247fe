"""A place in the queue: its number, its order and what is shown of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .people import Teller

PRIORITY_BONUS = (timedelta(0), timedelta(minutes=5), timedelta(minutes=15))
"""How much earlier a ticket of priority 0, 1, 2 counts as taken."""

STICKY_PATIENCE = timedelta(seconds=60)
"""How long a returning customer is kept for the teller who knows them."""


def lane_of(service: str, language: str) -> str:
    """A lane is what a teller must be able to do: one skill in one language."""
    return f"{service}/{language}"


def lane_letter(index: int) -> str:
    """A, B, … Z, AA, AB, … for the lanes of a branch in the order in which they opened."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def ticket_number(letter: str, count: int) -> str:
    """`A018` for the 18th ticket of the day in lane A."""
    return f"{letter}{count:03d}"


def clamp_priority(priority: int) -> int:
    """The nearest priority that exists."""
    return max(0, min(priority, len(PRIORITY_BONUS) - 1))


def queue_key(enqueued_at: datetime, priority: int) -> datetime:
    """The order of the queue: enqueue time less the bonus of the priority.

    The key never changes while a ticket waits (linear ageing), so a ticket of priority 0 is
    overtaken only by those who come less than the largest bonus after it.
    """
    return enqueued_at - PRIORITY_BONUS[clamp_priority(priority)]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A waiting visit as the queue sees it."""

    visit: str
    number: str
    skill: str
    language: str
    enqueued_at: datetime
    priority: int = 0
    sticky: str | None = None
    away: bool = False

    @property
    def key(self) -> tuple[datetime, str]:
        """Sort key; the visit's id settles equal times, so the order is total."""
        return queue_key(self.enqueued_at, self.priority), self.visit

    def open_to(self, teller: Teller, now: datetime) -> bool:
        """Whether this ticket may be offered to that teller now."""
        if self.away or not teller.serves(self.skill, self.language):
            return False
        kept = self.sticky is not None and now < self.enqueued_at + STICKY_PATIENCE
        return not kept or self.sticky == teller.id


def next_for(teller: Teller, waiting: Iterable[Ticket], now: datetime) -> Ticket | None:
    """Who is served next: the teller's own returning customer, else the smallest key."""
    able = [ticket for ticket in waiting if ticket.open_to(teller, now)]
    own = [ticket for ticket in able if ticket.sticky == teller.id]
    return min(own or able, key=lambda ticket: ticket.key, default=None)


def ahead_of(ticket: Ticket, waiting: Iterable[Ticket]) -> int:
    """How many others of the same lane will be called before this ticket."""
    return sum(
        1
        for other in waiting
        if other.visit != ticket.visit
        and (other.skill, other.language) == (ticket.skill, ticket.language)
        and other.key < ticket.key
    )
