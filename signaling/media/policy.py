"""What a call's media may do: addresses, limits and times. Plain values, no clock, no socket."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class MediaPolicy:
    """Limits and times of every leg of a call; seconds and bytes unless the name says otherwise.

    The defaults are for production on the public internet: remote candidates on private,
    loopback or link-local networks get no packet. `this_machine` opens loopback for the demo
    and the tests.
    """

    port_min: int = 0
    """UDP ports bound for media; 0 and 0 let the system choose."""
    port_max: int = 0
    addresses: tuple[str, ...] | None = None
    """Local addresses to bind; None means every address of every interface but loopback."""
    announced: Mapping[str, str] = field(default_factory=dict)
    """Bound address → the one that peers are told instead: a NAT maps it port by port (1:1)."""
    allowed_networks: tuple[str, ...] = ()
    """Networks (CIDR) a peer may be in, besides everything globally reachable."""

    max_candidates: int = 32
    """Remote candidates per leg, offered, trickled and discovered together."""
    max_sdp: int = 64 * 1024
    max_nack: int = 200
    """Sequence numbers honoured or asked for in one NACK."""

    connect: float = 20.0
    """ICE and DTLS must be through by then."""
    pause_after: float = 3.0
    """Silence after which nothing more is sent to a peer."""
    dead_after: float = 30.0
    """Silence after which a leg has ended."""
    tick: float = 0.05
    """How often timers are looked at; also the interval of transport-wide feedback."""
    report_interval: float = 1.0

    reorder: float = 0.6
    """How long a recording waits for a missing packet before it declares it lost …"""
    reorder_most: float = 1.5
    """… and at most, where round trips are long."""
    nack_retry: float = 0.06
    nack_tries: int = 10
    pli_interval: float = 0.3
    """At most one key frame request per stream in this time, whoever asks …"""
    pli_longest: float = 2.4
    """… twice as long after each that follows soon after another, up to this."""

    rtx_share: float = 0.25
    """Retransmitted bytes per byte of a picture …"""
    rtx_share_audio: float = 1.0
    """… and of speech, which is small and comes first."""
    rtx_burst: int = 40_000
    rtx_tries: int = 6

    remb_floor: int = 60_000
    """bit/s; a listener can't ask a speaker for less, or it could blind the recording."""

    consent_interval: float = 5.0
    consent_expiry: float = 30.0

    def __post_init__(self) -> None:
        if not 0 <= self.port_min <= self.port_max <= 65535:
            raise ValueError("UDP port range must satisfy 0 <= port_min <= port_max <= 65535")
        if (self.port_min == 0) != (self.port_max == 0):
            raise ValueError("set both ends of the UDP port range, or neither")
        for network in self.allowed_networks:
            ipaddress.ip_network(network)
        for address in self.addresses or ():
            ipaddress.ip_address(address)
        for bound, told in self.announced.items():
            if ipaddress.ip_address(bound).version != ipaddress.ip_address(told).version:
                raise ValueError("an address can only be announced as one of its own kind")

    def patience(self, rtt: float) -> float:
        """Seconds for which a recording waits: long enough for being asked three times."""
        return min(max(self.reorder, 3 * rtt + self.nack_retry), self.reorder_most)

    def this_machine(self, own: tuple[str, ...] = ()) -> "MediaPolicy":
        """The same policy for peers on this machine: loopback and `own` interface addresses."""
        hosts = tuple(str(ipaddress.ip_network(address)) for address in own)
        networks = (*self.allowed_networks, "127.0.0.0/8", "::1/128", *hosts)
        return replace(self, addresses=("127.0.0.1", *own), allowed_networks=networks)
