"""Commands about where the customer is."""

from __future__ import annotations

from dataclasses import dataclass

from .command import Command
from .ids import SealedText
from .state_place import WhyNoPlace


@dataclass(frozen=True, slots=True)
class SeeNetwork(Command):
    """The customer's page speaks from a network: its country (empty: not known) and its kinds.

    `source`: the databases that say so, with the days they were built.
    """

    country: str
    kinds: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class TellPlace(Command):
    """The customer's device says where it is: sealed coordinates, accuracy in metres."""

    position: SealedText
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class DeclinePlace(Command):
    """The customer does not say where the device is, or the device can't."""

    why: WhyNoPlace
