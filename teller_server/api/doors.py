"""Which roles of the branch open which door."""

from collections.abc import Mapping

DOORS: Mapping[str, frozenset[str]] = {
    "teller": frozenset({"teller"}),
    "review": frozenset({"compliance"}),
    "core": frozenset({"admin"}),
}
CUSTOMER = "customer"
