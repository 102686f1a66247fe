"""Commands about what the bank says beforehand, and about a customer who says it was not they."""

from __future__ import annotations

from dataclasses import dataclass

from .command import Command
from .ids import UNSAID, SealedText
from .state_words import RepudiationBy, RepudiationEnd


@dataclass(frozen=True, slots=True)
class AnswerProposal(Command):
    """What the bank's own system says to the change before it is decided; `reasons` are codes.

    `reached` false: it could not be asked in time, which holds nobody up.
    """

    reached: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repudiate(Command):
    """Somebody who may speak for the customer says that it was not the customer.

    `by`: `link` (the notice's own link) or `hotline`; `actor`: the receiver of the notice, or the
    program of the bank's that reports it.
    """

    by: RepudiationBy
    actor: str
    note: SealedText = UNSAID


@dataclass(frozen=True, slots=True)
class SettleRepudiation(Command):
    """What the bank did about it; `detail` is its receipt, or a code of why it did nothing."""

    end: RepudiationEnd
    detail: str = ""
