"""Where a customer is: what the packs ask to know of it, and what is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .ids import UNSAID, SealedText

WhyNoPlace = Literal["chosen", "denied", "unavailable", "timeout"]
"""`chosen`: the customer's own no. `denied`: the browser's. The others: the device can't tell."""
PURPOSES = ("identification", "anti_fraud", "jurisdiction")
"""What a position may be asked for: each has its words for the customer."""
NETWORK_KINDS = ("hosting", "proxy", "tor", "vpn")
"""Networks behind which a customer's own can't be seen."""


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """Networks customers may come from. `allow`: countries, None for all; `deny`: kinds, countries.

    `block`: no ticket and no step that needs a live picture from any other; else it is told.
    """

    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    block: bool = False

    def admits(self, country: str, kinds: tuple[str, ...]) -> bool:
        """Whether customers may come from there; a country that isn't known is none of `allow`."""
        denied = set(self.deny) & {country, *kinds}
        return not denied and (self.allow is None or country in self.allow)


@dataclass(frozen=True, slots=True)
class PlacePolicy:
    """The position of the customer's device is asked for. `required`: nothing goes on without it.

    `max_age_seconds`: how old the newest may be; 0: one is enough for the visit.
    """

    required: bool = False
    max_age_seconds: int = 0
    purposes: tuple[str, ...] = PURPOSES[:1]


@dataclass(frozen=True, slots=True)
class NetworkState:
    """The network of the customer's page: its country (ISO 3166-1, empty: not known), its kinds.

    `source`: the databases that say so, and when they were built. The address is kept nowhere.
    """

    at: datetime
    country: str
    kinds: tuple[str, ...] = ()
    admitted: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class PlaceState:
    """The newest word about the device's position. `at`: when it arrived, by the server's clock.

    `position` is sealed; `accuracy_m` in metres. `why`: of a position that is not told.
    """

    at: datetime
    position: SealedText = UNSAID
    accuracy_m: float | None = None
    why: WhyNoPlace | None = None
