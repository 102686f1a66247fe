"""Passwords: argon2id (RFC 9106), off the event loop, a few at a time."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second recommendation: 19 MiB, two passes, one lane; about 30 ms of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified for accounts that do not exist, so that they take as long as those that do.
DUMMY = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA"
    "$sVcj3JABhC4VGKbqFjUrVM8kvuYbmAmw7N8VTxDTvzI"
)

SHORTEST_PASSWORD = 12


class Passwords:
    """Hashes and verifies, at most `at_once` at a time: a flood of sign-ins can't eat the cores."""

    def __init__(self, at_once: int = 2, waiting: int = 64) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._room = waiting
        self._waiting = 0

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is right; None (no such account) takes as long and is False.

        Raises TimeoutError when too many already wait.
        """
        if self._waiting >= self._room:
            raise TimeoutError("too many sign-ins at once")
        self._waiting += 1
        try:
            async with self._slots:
                right = await asyncio.to_thread(_verify, password_hash or DUMMY, password)
        finally:
            self._waiting -= 1
        return right and password_hash is not None


def hash_password(password: str) -> str:
    """The argon2id hash in PHC form. Blocks for tens of milliseconds."""
    return _HASHER.hash(password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
