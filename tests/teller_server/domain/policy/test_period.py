"""Lengths of time as a pack states them: read, written again, added to a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from teller_server.domain.policy.period import Period


@pytest.mark.parametrize("text", ["P10Y", "P6M", "P90D", "P1Y6M10D", "P0D"])
def test_a_period_is_written_as_it_is_read(text: str) -> None:
    period = Period.parse(text)
    assert str(period) == text
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(("text", "same"), [("P0Y", "P0D"), ("P12M", "P1Y")])
def test_the_same_length_is_written_one_way(text: str, same: str) -> None:
    assert str(Period.parse(text)) == same


@pytest.mark.parametrize("text", ["", "P", "1Y", "P1W", "PT1H", "P1000Y"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert Period.parse(text) is None


def test_a_year_after_the_29th_of_february_is_the_28th() -> None:
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert Period.parse("P1Y").after(leap) == datetime(2029, 2, 28, 12, tzinfo=UTC)  # type: ignore[union-attr]
