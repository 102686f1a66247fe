"""When a second person has to agree before a recording is opened: what the packs' `access` say."""

from __future__ import annotations

from .combining import BranchPolicy
from .kinds_branch import AccessRule
from .rules import parameters


def second_person(policy: BranchPolicy, service: str) -> str:
    """`never`, `export` or `always`, for recordings of a service; the strictest rule holds."""
    order = parameters(AccessRule)["second_person"].order
    asked = [rule.second_person for rule in policy.of(AccessRule, service)]
    return max(asked, key=order.index, default=order[0])
