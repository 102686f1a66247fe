"""Events about where the customer is: coordinates sealed, networks without their addresses."""

from __future__ import annotations

from dataclasses import dataclass

from .event import Event
from .ids import SealedText
from .state_place import WhyNoPlace


@dataclass(frozen=True, slots=True)
class NetworkSeen(Event):
    """The customer's page speaks from another network than before, or from its first.

    `admitted`: whether the visit's packs let customers come from there.
    """

    country: str
    kinds: tuple[str, ...]
    admitted: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class PlaceTold(Event):
    """The device's position arrived. `purposes`: what the customer read that it is for."""

    position: SealedText
    accuracy_m: float
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceDeclined(Event):
    """No position is told, and why."""

    why: WhyNoPlace
