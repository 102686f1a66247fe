"""Events between the branch and the bank: what it says beforehand, and what is repudiated."""

from __future__ import annotations

from dataclasses import dataclass

from .event import Event
from .ids import SealedText
from .state_words import RepudiationBy, RepudiationEnd


@dataclass(frozen=True, slots=True)
class ProposalAnswered(Event):
    """What the bank's own system said to the change before it was decided.

    No `reasons`: it would take it. `reached` false: it could not be asked in time.
    """

    reached: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repudiated(Event):
    """The visit was not the customer's own doing, says somebody who may speak for them."""

    by: RepudiationBy
    actor: str
    note: SealedText


@dataclass(frozen=True, slots=True)
class RepudiationSettled(Event):
    """What the bank did about it; `detail` is its receipt, or a code of why it did nothing."""

    end: RepudiationEnd
    detail: str
