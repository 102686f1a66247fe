"""What every command is."""

from __future__ import annotations


class Command:
    """Anything that `visit.apply` takes."""

    __slots__ = ()
