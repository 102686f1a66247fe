"""Further parties who leave, are replaced or drop out: the visit always has a way on."""

from __future__ import annotations

import pytest

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.state import VisitState
from tests.teller_server.domain.counter_walk import both_known, joined, passed, recognised, refused
from tests.teller_server.material import TELLER, Walk

LEAVES = c.GuestLeaves("guarantor", "guest-1")
DISMISSED = c.DismissGuest("guarantor", TELLER)


def back_again(at: Walk, party: str) -> None:
    """The party drops out of the call and is back on a new leg."""
    known = at.at.legs[party].leg
    at.do(c.LegDown(party, known, "silent"), c.LegUp(party, f"{known}-again"))


@pytest.mark.parametrize("how", [LEAVES, DISMISSED], ids=["leaves", "dismissed"])
def test_a_guest_who_goes_while_in_doubt_takes_the_doubt_along(how: c.Command) -> None:
    at = both_known()
    back_again(at, "guarantor")
    assert (at.at.state, at.at.subject) == (VisitState.REVERIFY, "guarantor")
    at.do(how)
    assert (at.at.state, at.at.reverify, at.at.subject) == (VisitState.IN_SERVICE, None, "customer")
    passed(at, "ask")


def test_the_next_one_in_doubt_is_looked_at_when_a_guest_goes() -> None:
    at = both_known()
    back_again(at, "guarantor")
    back_again(at, "customer")
    at.do(LEAVES)
    assert (at.at.state, at.at.subject) == (VisitState.REVERIFY, "customer")
    recognised(at, "k-again")
    assert at.at.state is VisitState.IN_SERVICE
    passed(at, "ask")


def test_a_guest_in_doubt_who_goes_does_not_end_anothers_verification() -> None:
    at = both_known()
    back_again(at, "customer")
    back_again(at, "guarantor")
    at.do(LEAVES)
    assert (at.at.state, at.at.subject) == (VisitState.REVERIFY, "customer")
    recognised(at, "k-again")
    passed(at, "ask")


def test_a_held_call_stays_held_when_the_guest_in_doubt_goes_and_then_goes_on() -> None:
    at = both_known()
    at.do(c.Hold(TELLER, on=True))
    back_again(at, "guarantor")
    at.do(LEAVES)
    assert (at.at.state, at.at.reverify) == (VisitState.ON_HOLD, None)
    at.do(c.Hold(TELLER, on=False))
    passed(at, "ask")


def test_who_is_asked_in_anew_is_out_of_the_call_until_they_come_again() -> None:
    at = both_known()
    at.do(c.LegDown("guarantor", "leg-1", "silent"))
    caused = at.do(c.InviteGuest("guarantor", "guest-2", TELLER))
    assert [type(event) for event in caused] == [e.GuestLeft, e.GuestInvited]
    assert "guarantor" not in at.at.recorded
    assert refused(at, c.LegUp("guarantor", "leg-1")) == "not_a_party"
    consents = {"recording": True, "face": True, "face_storage": True}
    at.do(c.GuestConsents("guarantor", "guest-2", consents), c.LegUp("guarantor", "leg-2"))
    assert not at.at.here("guarantor"), "nothing of the newcomer is on disk yet"
    at.do(c.RecordingConfirmed("guarantor"))
    assert at.at.here("guarantor")
    assert at.at.subject == "guarantor", "who comes by a new link is looked at anew"


def test_the_leg_of_who_has_gone_carries_nobody_else() -> None:
    at = both_known()
    at.do(LEAVES, c.InviteGuest("guarantor", "guest-2", TELLER))
    consents = {"recording": True, "face": True, "face_storage": True}
    at.do(c.GuestConsents("guarantor", "guest-2", consents), c.RecordingConfirmed("guarantor"))
    assert not at.at.here("guarantor")
    at.do(c.LegDown("guarantor", "leg-1", "closed"), c.LegUp("guarantor", "leg-2"))
    assert at.at.here("guarantor")


def test_late_news_of_who_has_gone_counts_for_nobody() -> None:
    """What the recorder of the last guest still says does not put the next one on record."""
    at = both_known()
    news = c.RecordingConfirmed("guarantor")
    at.do(LEAVES)
    assert refused(at, news) == "not_a_party"
    at.do(c.InviteGuest("guarantor", "guest-2", TELLER))
    assert refused(at, news) == "not_a_party"


def test_a_link_that_nobody_used_is_replaced_without_anybody_leaving() -> None:
    at = both_known()
    at.do(DISMISSED, c.InviteGuest("guarantor", "guest-2", TELLER))
    caused = at.do(c.InviteGuest("guarantor", "guest-3", TELLER))
    assert [type(event) for event in caused] == [e.GuestInvited]


def test_a_guest_who_is_here_is_not_replaced() -> None:
    at = both_known()
    assert refused(at, c.InviteGuest("guarantor", "g2", TELLER)) == "guest_already_here"
    at.do(LEAVES)
    joined(at, "guest-2", "leg-2")
    assert at.at.subject == "guarantor"
