"""Whose door is whose. Accounts and sessions themselves are the store's."""

from collections.abc import Mapping

from teller_server.store.accounts import Account
from teller_server.store.sessions import Session

__all__ = ["CUSTOMER", "DOORS", "REVIEW", "Account", "Session"]

CUSTOMER = "customer"
REVIEW = "review"

DOORS: Mapping[str, frozenset[str]] = {
    "teller": frozenset({"teller"}),
    REVIEW: frozenset({"compliance"}),
    "core": frozenset({"admin"}),
    "admin": frozenset({"admin"}),
}
"""Which roles of the branch open which door."""
