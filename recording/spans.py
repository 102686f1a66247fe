"""Arithmetic of half-open spans of milliseconds, sorted and apart from each other (pure)."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """The same milliseconds in order, each once."""
    joined: list[Span] = []
    for start, stop in sorted(span for span in spans if span[1] > span[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined


def minus(spans: list[Span], taken: list[Span]) -> list[Span]:
    """What of `spans` is not in `taken`; both as `union` gives them."""
    left: list[Span] = []
    for start, stop in spans:
        at = start
        for a, b in taken:
            if b > at and a < stop:
                if a > at:
                    left.append((at, a))
                at = max(at, b)
        if at < stop:
            left.append((at, stop))
    return left


def common(spans: list[Span], others: list[Span]) -> list[Span]:
    """What is in both."""
    return minus(spans, minus(spans, others))


def length(spans: Iterable[Span]) -> int:
    """How many milliseconds."""
    return sum(stop - start for start, stop in spans)
