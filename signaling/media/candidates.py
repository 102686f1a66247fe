"""Which addresses of a peer may get a packet from us. Pure.

A peer names its own candidates, so it could name ours: a database port on loopback, a printer on
the bank's network, somebody else's server. What this gate refuses gets no packet at all, neither
a check nor an answer.
"""

import ipaddress

from signaling.media.policy import MediaPolicy

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED = tuple(
    ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)
"""Prefixes that carry an IPv4 address inside: they could smuggle a private one past the gate."""


class CandidateGate:
    """The policy's word on remote addresses, and the count of those a leg has used up."""

    def __init__(self, policy: MediaPolicy) -> None:
        self._allowed = tuple(ipaddress.ip_network(n) for n in policy.allowed_networks)
        self._left = policy.max_candidates
        self._known: dict[str, bool] = {}
        self.refused = 0

    def admits(self, host: str) -> bool:
        """Whether packets may go to this address. Names (mDNS `.local` too) are never resolved."""
        known = self._known.get(host)
        if known is None:
            known = self._judge(host)
            if len(self._known) < 1024:
                self._known[host] = known
        return known

    def take(self, host: str, port: int, component: int, transport: str) -> bool:
        """Admit one more remote candidate of a leg; False when it is refused or one too many."""
        fits = component == 1 and transport.lower() == "udp" and 0 < port < 65536
        if fits and self._left > 0 and self.admits(host):
            self._left -= 1
            return True
        self.refused += 1
        return False

    def _judge(self, host: str) -> bool:
        try:
            address: _Address = ipaddress.ip_address(host)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address in network for network in self._allowed):
            return True
        if address.is_multicast or any(address in network for network in _TRANSLATED):
            return False
        return address.is_global
