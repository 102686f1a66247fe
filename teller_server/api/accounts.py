"""What the doors need to know of accounts and sessions, and the ports that keep them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

# Which roles of the branch open which door.
DOORS: Mapping[str, frozenset[str]] = {
    "teller": frozenset({"teller"}),
    "review": frozenset({"compliance"}),
    "core": frozenset({"admin"}),
}
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Account:
    """One member of staff. `totp_secret` is sealed text, None before a second factor is set up."""

    id: str
    name: str
    display_name: str
    number: str
    roles: frozenset[str]
    password_hash: str
    totp_secret: str | None = None
    disabled: bool = False
    language: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `key` is the SHA-256 of its cookie; times are aware UTC."""

    key: str
    audience: str
    subject: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    fresh_until: datetime | None = None


class Accounts(Protocol):
    """Staff accounts."""

    async def by_name(self, name: str) -> Account | None:
        """The account with this sign-in name."""

    async def by_id(self, account: str) -> Account | None:
        """The account with this id."""

    async def use_totp(self, account: str, step: int) -> bool:
        """Spend a TOTP time step; False when it, or a later one, was spent before. Atomic."""


class Sessions(Protocol):
    """Sessions of browsers."""

    async def add(self, session: Session) -> None:
        """Keep a new session."""

    async def get(self, key: str) -> Session | None:
        """The session with this key."""

    async def touch(self, key: str, seen_at: datetime) -> None:
        """Note that it was used."""

    async def freshen(self, key: str, until: datetime) -> None:
        """Note a fresh authentication."""

    async def remove(self, key: str) -> None:
        """Forget it."""

    async def remove_subject(self, audience: str, subject: str) -> None:
        """Forget all of a subject's sessions at one door."""
