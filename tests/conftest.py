"""For every test: a way to publish a figure, so that `make proof` keeps it with its limit; and a
tally for the tests of three scales, which docs/reliability.md is made from.

Property tests draw the same examples each time, so that a red run is red again; the profile
`explore` draws others every time: HYPOTHESIS_PROFILE=explore, as `make proof` sets it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bench.machine import describe
from tests.scale import MINUTES, SCALE, Clock, Tally

CALM: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, **CALM)
settings.register_profile("explore", print_blob=True, **CALM)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
CLOCK = Clock()


def pytest_collection_finish(session: pytest.Session) -> None:
    """A test that has no numbers says in its marker what it shows: `scaled(9, "…")`."""
    for item in session.items:
        marker = item.get_closest_marker("scaled")
        if marker is not None and "tally" in getattr(item, "fixturenames", ()):
            CLOCK.left += marker.kwargs.get("weight", 1)
        elif marker is not None:
            item.user_properties.append(("tally", Tally(marker.args[0], 0, found=[marker.args[1]])))


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say what was measured; it is printed at the end of the run, whether the limit held or not."""
    return lambda words: request.node.user_properties.append(("figure", words))


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Counts the runs of a test marked `scaled(row)`."""
    marker = request.node.get_closest_marker("scaled")
    kept = Tally(marker.args[0], CLOCK.next(marker.kwargs.get("weight", 1)))
    request.node.user_properties.append(("tally", kept))
    return kept


def said(terminalreporter: pytest.TerminalReporter, wanted: str) -> list[tuple[Any, Any]]:
    """(report, value) of every property of this name, whether the limits held or not."""
    return [
        (report, value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", [])
        if name == wanted
    ]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if figures := said(terminalreporter, "figure"):
        terminalreporter.section("figures")
        for report, words in figures:
            terminalreporter.write_line(f"{report.nodeid}\n    {words}")
    if SCALE == "commit" or not (counted := said(terminalreporter, "tally")):
        return
    terminalreporter.section("counted")
    for report, tally in counted:
        told = "; ".join(tally.found)
        terminalreporter.write_line(
            f"{report.nodeid}\n    {tally.run:,} in {tally.seconds} s: {told}"
        )
    if path := os.environ.get("RELIABILITY"):
        rows = [_row(report, kept) for report, kept in counted]
        run = {"about": describe(), "scale": SCALE, "minutes": MINUTES, "rows": rows}
        Path(path).write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n")


def _row(report: pytest.TestReport, kept: Tally) -> dict[str, Any]:
    proof = "proof" in report.keywords
    return {"test": report.nodeid, "outcome": report.outcome, "proof": proof} | kept.as_dict()
