"""What a network does to one datagram after the other. Pure: seeded, the time is an argument.

An impairment takes a datagram's size in bytes and the second at which it comes, and gives the
second at which it goes on, or None for one that is lost. One object serves one direction.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Protocol

HEADERS = 28  # bytes of IPv4 and UDP around each datagram


class Impairment(Protocol):
    def goes_on(self, size: int, at: float) -> float | None: ...


class Loss:
    """Each datagram is lost with the same chance, `share` of 1."""

    def __init__(self, share: float, seed: int = 1) -> None:
        self._share = share
        self._chance = random.Random(seed)

    def goes_on(self, size: int, at: float) -> float | None:
        del size
        return None if self._chance.random() < self._share else at


class BurstLoss:
    """Losses that come together: Gilbert's two states (BSTJ 1960), in the bad one all is lost.

    `share` of all datagrams is lost, in runs of `run` datagrams on the average.
    """

    def __init__(self, share: float, run: float, seed: int = 1) -> None:
        self._to_good = 1 / run
        self._to_bad = share / (run * (1 - share))
        self._bad = False
        self._chance = random.Random(seed)

    def goes_on(self, size: int, at: float) -> float | None:
        del size
        change = self._to_good if self._bad else self._to_bad
        if self._chance.random() < change:
            self._bad = not self._bad
        return None if self._bad else at


@dataclass
class Delay:
    """Every datagram takes this many seconds."""

    seconds: float

    def goes_on(self, size: int, at: float) -> float | None:
        del size
        return at + self.seconds


class Jitter:
    """Up to `spread` seconds more, evenly; with `in_order` none overtakes another."""

    def __init__(self, spread: float, *, in_order: bool = True, seed: int = 1) -> None:
        self._spread = spread
        self._in_order = in_order
        self._last = 0.0
        self._chance = random.Random(seed)

    def goes_on(self, size: int, at: float) -> float | None:
        del size
        on = at + self._spread * self._chance.random()
        if self._in_order:
            on = self._last = max(on, self._last)
        return on


@dataclass
class Bottleneck:
    """A line of `rate` bit/s with a queue of at most `queue` seconds; what finds it full is lost.

    The rate may be changed while it runs; infinity lifts the limit.
    """

    rate: float
    queue: float = 0.3
    _free: float = field(default=0.0, init=False)

    def goes_on(self, size: int, at: float) -> float | None:
        begins = max(at, self._free)
        if begins - at > self.queue:
            return None
        self._free = begins + 8 * (size + HEADERS) / self.rate
        return self._free


@dataclass
class Blackout:
    """Nothing passes while it is `dark`."""

    dark: bool = False

    def goes_on(self, size: int, at: float) -> float | None:
        del size
        return None if self.dark else at


@dataclass
class Line:
    """One direction: its impairments one after the other, and what became of the datagrams."""

    impairments: tuple[Impairment, ...] = ()
    passed: int = field(default=0, init=False)
    lost: int = field(default=0, init=False)

    def goes_on(self, size: int, at: float) -> float | None:
        on: float | None = at
        for impairment in self.impairments:
            on = impairment.goes_on(size, on)
            if on is None:
                self.lost += 1
                return None
        self.passed += 1
        return on
