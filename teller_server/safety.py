"""Why a configuration must not serve real customers."""

import ipaddress
from urllib.parse import urlsplit

from teller_server.settings import Settings


def unsafe(settings: Settings, demo_accounts: int = 0) -> list[str]:
    """Why these settings must not serve real customers; empty when they may. One line each.

    `demo_accounts` counts accounts in the database that still have a demo password.
    """
    found = []
    if demo_accounts:
        found.append(f"{demo_accounts} accounts still have demo passwords: change or disable them")
    if settings.demo:
        found.append("demo = true: demo staff have printed passwords; use `teller-server demo`")
    found += _demo_keys(settings) + _demo_systems(settings)
    if not settings.staff.totp_required:
        found.append("staff.totp_required = false: staff would sign in without a second factor")
    if settings.random_seed is not None:
        found.append("random_seed is set: challenges could be foreseen")
    if not settings.secure and not is_loopback(settings.server.host):
        found.append(
            f"server.host = {settings.server.host} without HTTPS: set server.tls_certificate, or "
            "server.public_url = https://… behind a proxy"
        )
    return found


def _demo_keys(settings: Settings) -> list[str]:
    keys, signing = settings.keys, settings.signing
    needed = ["signing_chain"]
    if keys.wrapper == "file":
        needed.append("master_key")
    if settings.hsm.signing_key is None:
        needed.append("signing_key")
    found = [
        f"keys.{name} is not set: a demo key would be used"
        for name in needed
        if getattr(keys, name) is None
    ]
    address = urlsplit(settings.openbao.url or "")
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        found.append("openbao.url is not https: data keys would cross the network in the clear")
    if keys.timestamp_url is None:
        found.append("keys.timestamp_url is not set: the demo timestamp authority would be used")
    elif keys.timestamp_roots is None:
        found.append("keys.timestamp_roots is not set: timestamps could not be checked")
    return found + [
        f"signing.{name} is not set: papers would be signed with a demo key"
        for name in ("authority_key", "authority_chain", "bank_key", "bank_chain")
        if getattr(signing, name) is None
    ]


def _demo_systems(settings: Settings) -> list[str]:
    """What stands for the bank's own in a demonstration."""
    return [
        f"{group}.adapter = demo: {what}"
        for group, what in (
            ("core", "changes would go to invented customers"),
            ("codes", "codes and notices would reach nobody"),
            ("registers", "every identity would be confirmed"),
        )
        if getattr(settings, group).adapter == "demo"
    ]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
