"""How long a customer is likely to wait, and how much that guess is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Basis = Literal["history", "few_samples", "no_teller"]

ENOUGH_SAMPLES = 10
ASSUMED_SECONDS = (240.0, 900.0)
"""Used while there is no history: a change of details takes between 4 and 15 minutes."""

_STEP = 30  # seconds; a finer figure would pretend to know more than we do


@dataclass(frozen=True, slots=True)
class WaitEstimate:
    """A range in seconds and what it rests on; no range when nobody is there to serve."""

    low_s: int | None
    high_s: int | None
    basis: Basis


def estimate(ahead: int, free: int, busy: int, durations: Sequence[float]) -> WaitEstimate:
    """The wait of a customer with `ahead` others before them in the lane.

    `free` and `busy` count the tellers of that lane on duty; `durations` are the seconds that
    their recent visits took, wrap-up included. The range is the middle half of the history
    times the rounds that must finish first; the visits under way are on average half done.
    """
    tellers = free + busy
    if tellers == 0:
        return WaitEstimate(None, None, "no_teller")
    if len(durations) >= ENOUGH_SAMPLES:
        low, high = _quartiles(durations)
        basis: Basis = "history"
    else:
        low, high = ASSUMED_SECONDS
        basis = "few_samples"
    behind = max(0, ahead + 1 - free)
    rounds_low = max(0.0, (behind - 0.5) / tellers) if behind else 0.0
    rounds_high = behind / tellers
    if busy and behind:
        rounds_high = max(rounds_high, 1.0 if tellers == 1 else 0.5)
    least = math.floor(low * rounds_low / _STEP) * _STEP
    most = max(_STEP, math.ceil(high * rounds_high / _STEP) * _STEP)
    return WaitEstimate(least, max(least, most), basis)


def _quartiles(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    last = len(ordered) - 1
    return ordered[round(last * 0.25)], ordered[round(last * 0.75)]
