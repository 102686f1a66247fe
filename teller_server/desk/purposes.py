"""For what a data key is opened; written down before the key server is asked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Purpose:
    """`actor` is whoever will see what the key opens; then `permission` names what allows it."""

    what: str
    actor: str | None = None
    permission: str | None = None


SERVICE = Purpose("service")
"""The visit goes on: its parties, its teller, the bank's system, notices."""

SEAL = Purpose("seal")
"""What came after the call is written and sealed."""

TAKE_UP = Purpose("take up")
"""A desk begins anew and goes on with what the last one left."""

CUSTODY = Purpose("custody")
"""What people wrote as their purpose is sealed, or shown to who reads the custody log."""

INDEX = Purpose("index")
"""A sealed visit gets what the review desk finds it by; searching itself opens no key."""

LABEL = Purpose("label")
"""A visit of an earlier release gets the masked name that lists show; once."""


def review(account: str, grant: str) -> Purpose:
    """A reviewer with a grant to see this visit."""
    return Purpose("review", account, f"grant {grant}")


def program(key: str) -> Purpose:
    """One of the bank's own programs reads what a visit came to."""
    return Purpose("program", key, "api key")


def export(account: str, grant: str) -> Purpose:
    """A copy is handed over."""
    return Purpose("export", account, f"grant {grant}")


def at_terminal(what: str) -> Purpose:
    """An operator with the machine's own command line; nobody signed in."""
    return Purpose(f"terminal {what}")


KNOWN = frozenset(
    {"start", "service", "seal", "take up", "label", "index", "custody", "review", "program",
     "export", "rewrap", "terminal inspect", "terminal users", "terminal export", "terminal keys"}
)  # fmt: skip
"""Anything else in our own record is reported."""

FOR_A_PERSON = frozenset({"review", "program", "export"})
"""These must rest on an entry in the custody chain."""
