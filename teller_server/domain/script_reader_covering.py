"""Whether one step takes place whenever another does, by their conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from .conditions import Condition

MAX_COMPARED = 8
"""Named conditions that two steps may depend on, for one to be compared with the other."""


def covered(when: Condition | None, others: list[Condition | None]) -> bool:
    """Whether one of the others holds whenever `when` does, over all named conditions."""
    if any(other is None or other == when for other in others):
        return True
    if when is None or not others:
        return False
    names = when.names.union(*(other.names for other in others if other))
    if len(names) > MAX_COMPARED:
        return False
    return all(
        not when.holds(facts) or any(other and other.holds(facts) for other in others)
        for facts in _every(names)
    )


def together(one: Condition | None, other: Condition | None) -> bool:
    """Whether both may hold in one visit; as good as yes where that can't be tried out."""
    if one is None or other is None or len(one.names | other.names) > MAX_COMPARED:
        return True
    return any(one.holds(facts) and other.holds(facts) for facts in _every(one.names | other.names))


def _every(names: Iterable[str]) -> Iterator[dict[str, bool]]:
    """Every way in which these named conditions can come out."""
    known = sorted(names)
    for values in product((True, False), repeat=len(known)):
        yield dict(zip(known, values, strict=True))
