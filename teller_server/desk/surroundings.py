"""The branch's surroundings, from the settings: opening hours, media and wire policies."""

from datetime import UTC, date, datetime
from typing import Any

from ifaddr import get_adapters

from signaling.connection import WirePolicy
from signaling.ice import TurnServer, ice_servers
from teller_server.desk.pack_shelf import Packs
from teller_server.desk.script_shelf import Scripts
from teller_server.domain.hours import OpeningHours, around_the_clock
from teller_server.domain.state import Visit
from teller_server.settings import Settings, spans


def opening_hours(settings: Settings) -> OpeningHours:
    """When customers may queue."""
    branch = settings.branch
    if branch.always_open:
        return around_the_clock(branch.timezone)
    weekdays, weekend = spans(branch.weekdays), spans(branch.weekend)
    week = {day: weekdays if day < 5 else weekend for day in range(7)}
    closed = {date.fromisoformat(day): () for day in branch.closed_days}
    return OpeningHours(branch.timezone, week, closed)


def media_policy(settings: Settings) -> dict[str, Any]:
    """The workers' policy; a demonstration lets in peers on this very machine, and only those."""
    policy = settings.media.policy()
    if settings.demo:
        own = _own_addresses()
        policy["addresses"] = policy["addresses"] or [*own, "127.0.0.1"]
        policy["allowed_networks"] = [*policy["allowed_networks"], "127.0.0.0/8", *own]
    return policy


def _own_addresses() -> list[str]:
    """IPv4 addresses of this machine's interfaces; browsers send from them, not from loopback."""
    found = [str(ip.ip) for adapter in get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return [address for address in found if not address.startswith(("127.", "169.254."))]


def wire_policy(settings: Settings, origins: frozenset[str]) -> WirePolicy:
    """What one socket may do."""
    limits = settings.limits
    return WirePolicy(
        rate=limits.messages_rate,
        burst=limits.messages_burst,
        sockets_rate=limits.sockets_rate,
        origins=origins,
    )


def papers_folders(settings: Settings) -> tuple[str, ...]:
    """Where the bank keeps its own templates, before those of the release."""
    own = settings.rules.directory
    return (str(own / "papers"),) if own is not None and (own / "papers").is_dir() else ()


def rules_of(scripts: Scripts, packs: Packs, visit: Visit) -> dict[str, bytes]:
    """The very texts a visit stands under, by role: its script with parts, and its packs.

    What can't be found any more is left out, and the log says so. May read the disk.
    """
    texts = {"script": scripts.written(visit)}
    texts |= {f"pack_{pin.id.replace('-', '_')}": packs.written(pin) for pin in visit.policy.packs}
    return {role: text for role, text in texts.items() if text is not None}


def ice_of(settings: Settings, visit: str) -> list[dict[str, Any]]:
    """The relay, with credentials for this visit's legs; none without one."""
    media, turn = settings.media, None
    if media.turn_secret is not None and media.turn_urls:
        turn = TurnServer(media.turn_urls, media.turn_secret.get_secret_value().encode())
    return ice_servers((), turn, visit, datetime.now(UTC))
