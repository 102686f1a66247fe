"""One test, three scales: so many runs per commit, in `make proof`, and in `make soak`.

SCALE names which; it is `commit` unless told. Soaking is bounded by the clock instead: the tests
marked `scaled` share SOAK_MINUTES among them and say how far each of them came.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

SCALES: Final = ("commit", "proof", "soak")
SCALE: Final = os.environ.get("SCALE", "commit")
MINUTES: Final = float(os.environ.get("SOAK_MINUTES", "30"))
if SCALE not in SCALES:
    raise SystemExit(f"SCALE is one of {', '.join(SCALES)}")


def at_scale(commit: int, proof: int, soak: int) -> int:
    """The number for this run, where nobody looks at the clock (hypothesis counts by itself)."""
    return {"commit": commit, "proof": proof, "soak": soak}[SCALE]


@dataclass
class Tally:
    """Counts the runs of one test and says in the end what was found.

    `row` is the row of the plan in docs/reliability.md; `until` the monotonic second at which a
    soak is over.
    """

    row: int
    until: float
    asked: dict[str, int] = field(default_factory=dict)
    run: int = 0
    seconds: float = 0.0
    found: list[str] = field(default_factory=list)

    def runs(self, commit: int, proof: int, soak: int, *, step: int = 1) -> Iterator[int]:
        """Counts up to the number of this scale in steps; a soak may end earlier, never before the
        first step."""
        self.asked = {"commit": commit, "proof": proof, "soak": soak}
        began = time.monotonic()
        while self.run < self.asked[SCALE]:
            yield self.run
            self.run = min(self.run + step, self.asked[SCALE])
            self.seconds = round(time.monotonic() - began, 1)
            if SCALE == "soak" and time.monotonic() > self.until:
                return

    def say(self, *found: str) -> None:
        """What docs/reliability.md says of it, one sentence without a full stop each."""
        self.found += found

    def as_dict(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "asked": self.asked,
            "run": self.run,
            "seconds": self.seconds,
            "found": self.found,
        }


class Clock:
    """Shares what is left of a soak among the tests that are left."""

    def __init__(self) -> None:
        self.left = 0
        self._over = time.monotonic() + MINUTES * 60

    def next(self, weight: int) -> float:
        """The monotonic second at which a test of this weight has had its share."""
        now = time.monotonic()
        share = max(self._over - now, 0.0) * weight / max(self.left, weight)
        self.left -= weight
        return now + share
