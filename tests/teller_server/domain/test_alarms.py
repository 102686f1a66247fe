"""A call is broken off at any moment, without a word; nothing is committed, why is on record."""

from __future__ import annotations

import pytest

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.alarms import FLAGS
from teller_server.domain.state import Outcome, VisitState
from tests.teller_server.domain.counter_walk import refused
from tests.teller_server.material import REASON, STEPS, TELLER, Walk

BREAK = c.EndService(TELLER, Outcome.ABORTED_SUSPICION, flags=("coerced", "third_party"))


def moments() -> dict[str, Walk]:
    """From the first ring to the last word, each with its visit."""
    found = {"connecting": Walk().connecting(), "in service": Walk().in_service()}
    for n, step in enumerate(STEPS):
        walk = Walk().in_service().through(*STEPS[:n])
        walk.do(c.StartStep(step, TELLER))
        found[step] = walk
    held, gone = Walk().in_service(), Walk().in_service().through(*STEPS[:3])
    held.do(c.Hold(TELLER, True))
    gone.do(c.LegDown("customer", "customer-1", "silent"), c.LegUp("customer", "customer-2"))
    gone.do(c.RecordingConfirmed("customer"))
    return {**found, "on hold": held, "to be verified again": gone}


@pytest.mark.parametrize("moment", moments())
def test_it_ends_at_once_with_what_was_noticed_and_nothing_is_done(moment: str) -> None:
    walk = moments()[moment]
    walk.do(BREAK)
    assert (walk.at.state, walk.at.outcome) == (VisitState.WRAP_UP, Outcome.ABORTED_SUSPICION)
    assert walk.at.flags == ("coerced", "third_party")
    walk.do(c.CallSealed("m", True), c.WrapUp(TELLER, "ok"))
    assert not any(isinstance(event, e.EffectRequested) for event in walk.events)
    assert walk.at.state is VisitState.CLOSED


def test_what_nobody_noticed_needs_its_reason_in_words() -> None:
    walk = Walk().in_service()
    assert refused(walk, c.EndService(TELLER, Outcome.ABORTED_SUSPICION)) == "reason_required"
    walk.do(c.EndService(TELLER, Outcome.ABORTED_SUSPICION, REASON))


def test_flags_belong_to_a_suspicion_and_are_known_words() -> None:
    walk = Walk().in_service()
    elsewhere = c.EndService(TELLER, Outcome.OTHER_CHANNEL, REASON, ("coerced",))
    assert refused(walk, elsewhere) == "flags_not_expected"
    odd = c.EndService(TELLER, Outcome.ABORTED_SUSPICION, REASON, ("bored",))
    assert refused(walk, odd) == "unknown_flag"
    assert len(FLAGS) == 4


def test_an_end_from_before_there_were_flags_is_still_read() -> None:
    _, body = e.encode(e.ServiceEnded(Walk().now, Outcome.REFUSED_BANK, "t", "c", REASON))
    del body["flags"]
    ended = e.decode("ServiceEnded", body)
    assert isinstance(ended, e.ServiceEnded)
    assert ended.flags == ()
