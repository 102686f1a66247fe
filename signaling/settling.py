"""What a handler says while it runs leaves together with the receipt of its message."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from signaling.resume import Post


@dataclass(slots=True)
class Unit:
    """The posts of one handled message. Closed once the handler has returned."""

    open: bool = True
    posts: list[Post] = field(default_factory=list)


_unit: ContextVar[Unit | None] = ContextVar("wire_unit", default=None)


def current_unit() -> Unit | None:
    """The unit of the handler that is running here, if one is."""
    unit = _unit.get()
    return unit if unit and unit.open else None


@contextmanager
def collecting() -> Iterator[Unit]:
    """Collect what is posted inside, also by tasks that it starts and waits for."""
    unit = Unit()
    outer = _unit.set(unit)
    try:
        yield unit
    finally:
        unit.open = False
        _unit.reset(outer)
