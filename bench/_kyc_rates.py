"""Error rates of a comparison by its scores (ISO/IEC 19795-1), with their exact intervals. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of pairs, higher is more alike: of one person twice, and of two."""

    genuine: tuple[float, ...]
    impostor: tuple[float, ...]

    @classmethod
    def of(cls, genuine: Sequence[float], impostor: Sequence[float]) -> Scores:
        return cls(tuple(sorted(genuine)), tuple(sorted(impostor)))

    def fnmr(self, threshold: float) -> float:
        """Of the genuine pairs, the part that is below the threshold."""
        return bisect_left(self.genuine, threshold) / len(self.genuine)

    def fmr(self, threshold: float) -> float:
        """Of the impostor pairs, the part that reaches the threshold."""
        return 1 - bisect_left(self.impostor, threshold) / len(self.impostor)

    def eer(self) -> float:
        """Where both rates meet; between two steps the mean of both."""
        every = sorted({*self.genuine, *self.impostor})
        best = min(every, key=lambda t: abs(self.fnmr(t) - self.fmr(t)))
        return (self.fnmr(best) + self.fmr(best)) / 2

    def threshold_at(self, fmr: float) -> float:
        """The lowest threshold with at most this rate of false matches."""
        allowed = math.floor(fmr * len(self.impostor))
        highest = self.impostor[len(self.impostor) - 1 - allowed]
        return math.nextafter(highest, math.inf)


def interval(errors: int, tries: int, sure: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's interval of a rate. Pairs of the same people are not independent: the
    true interval is wider."""
    tail = (1 - sure) / 2
    low = 0.0 if errors == 0 else _solve(lambda p: 1 - _below(errors - 1, tries, p), tail)
    high = 1.0 if errors == tries else _solve(lambda p: 1 - _below(errors, tries, p), 1 - tail)
    return low, high


def _below(most: int, tries: int, p: float) -> float:
    """The chance of at most so many errors."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return 0.0 if most < tries else 1.0
    total, step = 0.0, tries * math.log1p(-p)
    for n in range(most + 1):
        total += math.exp(step)
        step += (
            math.log(tries - n) - math.log(n + 1) + math.log(p) - math.log1p(-p) if n < tries else 0
        )
    return min(total, 1.0)


def _solve(rising: Callable[[float], float], wanted: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2
