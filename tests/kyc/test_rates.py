"""The error rates that bench.kyc prints, against what can be counted by hand and read in tables."""

from __future__ import annotations

import pytest

from bench._kyc_rates import Scores, interval

TEN = Scores.of(
    [0.2, 0.5, 0.6, 0.7, 0.7, 0.8, 0.8, 0.9, 0.9, 0.9],
    [0.0, 0.1, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.55],
)


@pytest.mark.parametrize(
    ("threshold", "fmr", "fnmr"),
    [(0.0, 1.0, 0.0), (0.5, 0.1, 0.1), (0.6, 0.0, 0.2), (1.0, 0.0, 1.0)],
)
def test_rates_are_counted(threshold: float, fmr: float, fnmr: float) -> None:
    assert TEN.fmr(threshold) == pytest.approx(fmr)
    assert TEN.fnmr(threshold) == pytest.approx(fnmr)


def test_where_both_rates_meet() -> None:
    assert TEN.eer() == pytest.approx(0.1)
    assert Scores.of([0.8, 0.9], [0.1, 0.2]).eer() == 0


def test_the_lowest_threshold_with_a_rate() -> None:
    assert TEN.fmr(TEN.threshold_at(0.1)) <= 0.1
    assert TEN.fmr(TEN.threshold_at(0.1) - 0.2) > 0.1
    assert TEN.fmr(TEN.threshold_at(0.0)) == 0


@pytest.mark.parametrize(
    ("errors", "tries", "low", "high"),
    [
        (0, 12_820, 0.0, 0.000288),  # three in twelve thousand, nearly
        (5, 100, 0.016432, 0.112835),
        (50, 100, 0.398321, 0.601679),
        (100, 100, 0.963783, 1.0),
    ],
)
def test_intervals_are_those_of_the_tables(
    errors: int, tries: int, low: float, high: float
) -> None:
    assert interval(errors, tries) == pytest.approx((low, high), abs=2e-6)
