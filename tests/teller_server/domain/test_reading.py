"""Papers before a reader's eyes: what counts as reading, and what a held call does to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from teller_server.domain import commands as c
from teller_server.domain.state import Outcome, VisitState
from tests.teller_server.domain.counter_walk import (
    TO_THE_SIGNATURE,
    both_known,
    passed,
    read,
    refused,
    shown,
    walk,
)
from tests.teller_server.material import REASON, TELLER, Walk

YES = c.AnswerStep("read", "agreed")


def reading() -> Walk:
    at = passed(walk(), *TO_THE_SIGNATURE[:-1])
    at.do(c.StartStep("read", TELLER))
    return at


def test_every_page_takes_its_time_before_the_readers_own_eyes() -> None:
    at = reading()
    assert refused(at, YES) == "paper_not_ready"
    shown(at)
    read(at, 10, 4)
    assert refused(at, YES) == "paper_not_read"
    at.do(c.TurnPage("contract", 2, TELLER))  # where the teller turns counts for nobody
    at.now += timedelta(seconds=60)
    assert refused(at, YES) == "paper_not_read"
    read(at, 1, 7)
    at.do(YES)
    assert at.at.papers["contract"].read


def test_a_held_call_is_no_reading_time() -> None:
    at = reading()
    shown(at)
    at.do(c.TurnPage("contract", 1, "customer"), c.Hold(TELLER, on=True))
    at.now += timedelta(seconds=100)
    at.do(c.Hold(TELLER, on=False))
    assert max(at.at.papers["contract"].dwell) < 3000


ENDS = {
    "passed": c.CompleteStep("read", TELLER, "passed"),
    "refused": c.CompleteStep("read", TELLER, "refused"),
    "the call": c.EndService(TELLER, Outcome.ABORTED_SUSPICION, REASON),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_reading_time_ends_with_the_step(end: c.Command) -> None:
    at = reading()
    shown(at)
    read(at, 10, 10)
    at.do(c.TurnPage("contract", 1, "customer"), YES, end)
    dwell = at.at.papers["contract"].dwell
    assert dwell == (12_000, 10_000), "up to the end, and not a moment more"
    assert at.at.papers["contract"].page == 0


@pytest.mark.parametrize("state", [VisitState.ON_HOLD, VisitState.REVERIFY])
def test_a_paper_that_was_set_meanwhile_is_there_when_the_call_goes_on(state: VisitState) -> None:
    at = passed(both_known(), *TO_THE_SIGNATURE[1:-1])
    at.do(c.StartStep("read", TELLER), c.PaperFailed("read", "contract", "press_busy"))
    if state is VisitState.ON_HOLD:
        at.do(c.Hold(TELLER, on=True))
    else:
        at.do(c.LegDown("customer", "customer-1", "silent"), c.LegUp("customer", "customer-2"))
    assert at.at.state is state
    at.do(c.PaperFailed("read", "contract", "press_busy"))
    shown(at)
    assert at.at.papers["contract"].pages == 2
    assert at.at.paper_broke is None
    assert at.at.state is state, "and nothing else goes on by it"


def test_a_paper_that_comes_too_late_is_not_taken() -> None:
    at = reading()
    at.do(c.CompleteStep("read", TELLER, "refused"))
    late = c.ShowPaper("read", "contract", "pdf", 2)
    assert refused(at, late) == "not_now"


def test_a_paper_that_is_made_anew_must_be_read_anew() -> None:
    at = reading()
    shown(at)
    read(at, 10, 10)
    at.do(YES)
    shown(at)
    assert refused(at, c.CompleteStep("read", TELLER, "passed")) == "paper_not_read"
