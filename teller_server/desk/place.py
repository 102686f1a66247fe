"""Visit ↔ place: the network that a customer's page speaks from, and the device's position.

Only a visit whose packs ask is looked at. The address is looked up and forgotten; coordinates are
sealed under the visit's key before they become part of a command.
"""

import json

from teller_server.desk.counter import Counter
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.purposes import SERVICE
from teller_server.desk.rules import BranchRules
from teller_server.domain import commands as c
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.policy.combining import BranchPolicy
from teller_server.domain.policy.kinds_session import IpPolicyRule
from teller_server.domain.state import Visit
from teller_server.domain.state_place import NETWORK_KINDS, WhyNoPlace
from teller_server.systems.networks import NetworkCountries

POSITION = "position"
"""As what coordinates are sealed: JSON of degrees (WGS 84) and the device's own milliseconds."""


class PlaceDesk:
    """Looks networks up and takes positions down."""

    def __init__(
        self, counter: Counter, keys: DataKeys, rules: BranchRules, networks: NetworkCountries
    ) -> None:
        """Raises Outage network_countries_needed, network_kinds_needed: see `require`."""
        require(rules.policy, networks)
        self._counter = counter
        self._keys = keys
        self._rules = rules
        self._networks = networks

    @property
    def asks(self) -> bool:
        """Whether a visit that is opened here now may come to ask for the position."""
        return any(one.policy.place is not None for one in self._rules.compiled.values())

    def admit(self, service: str, address: str) -> None:
        """Before a visit opens. Raises Refusal('network_not_admitted') where the packs block."""
        compiled = self._rules.compiled.get(service)
        policy = compiled.policy.network if compiled else None
        if policy is None or not policy.block:
            return
        found = self._networks.look_up(address)
        if not policy.admits(found.country, found.kinds):
            raise Refusal("network_not_admitted")

    async def seen(self, visit: Visit, address: str) -> None:
        """The customer's page connects from this address."""
        if visit.policy.network is None:
            return
        found = self._networks.look_up(address)
        command = c.SeeNetwork(found.country, found.kinds, self._networks.source)
        await self._counter.try_act(visit.id, command)

    async def told(
        self,
        visit: str,
        latitude: float,
        longitude: float,
        accuracy_m: float,
        at_ms: int,
        command_id: str,
    ) -> None:
        """Keep a position. Raises Refusal place_not_asked, place_just_told, …"""
        plain = json.dumps({"latitude": latitude, "longitude": longitude, "at_ms": at_ms})
        cipher = FieldCipher(visit, await self._keys.get(visit, SERVICE))
        sealed = SealedText(cipher.seal(POSITION, plain))
        await self._counter.act(visit, c.TellPlace(sealed, accuracy_m), command_id)

    async def declined(self, visit: str, why: WhyNoPlace, command_id: str) -> None:
        """Keep that there is none. Raises Refusal place_not_asked, …"""
        await self._counter.act(visit, c.DeclinePlace(why), command_id)


def require(policy: BranchPolicy, networks: NetworkCountries) -> None:
    """Refuse to open a branch that could not tell whom its packs let in.

    Raises Outage network_countries_needed, network_kinds_needed; a draft needs none: under it no
    visit opens.
    """
    for pack in policy.packs:
        for rule in pack.rules:
            if not isinstance(rule, IpPolicyRule) or pack.status == "draft":
                continue
            kinds = set(rule.deny) & set(NETWORK_KINDS)
            by_country = rule.allow is not None or set(rule.deny) - kinds
            if by_country and not networks.knows_countries:
                raise Outage("network_countries_needed", pack=pack.id, line=rule.line)
            if kinds and not networks.knows_kinds:
                raise Outage("network_kinds_needed", pack=pack.id, line=rule.line)
