"""For whom a customer's session speaks: the customer of a visit, or a further party in it."""

from teller_server.desk.branch import Branch
from teller_server.desk.guests import Seat

__all__ = ["Seat", "seat_of"]


async def seat_of(branch: Branch, subject: str) -> Seat:
    """`visit-…` speaks for the customer, `guest-…` for their own party.

    Raises Refusal: no_visit_yet (an invitation, or consents not given yet), invitation_gone.
    """
    return await branch.guests.seat_of(subject)
