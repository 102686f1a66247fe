"""Where the customer is: nothing is kept unasked; what is required is waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain import visit as rules
from teller_server.domain.events import decode, encode
from teller_server.domain.ids import SealedText
from teller_server.domain.place import place_status
from teller_server.domain.state import VisitPolicy
from teller_server.domain.state_place import NetworkPolicy, PlacePolicy
from tests.teller_server.domain.counter_walk import refused
from tests.teller_server.material import REASON, STEPS, TELLER, Walk, opening

HERE = c.TellPlace(SealedText("sealed:31.2,121.5"), 35.0)
HOME = NetworkPolicy(allow=("IN",), deny=("vpn",), block=True)
CONSENT = c.StartStep(STEPS[0], TELLER)


def asked(network: NetworkPolicy | None = None, place: PlacePolicy | None = None) -> Walk:
    return Walk(replace(opening(), policy=VisitPolicy(network=network, place=place)))


# ---- networks


@pytest.mark.parametrize(
    ("country", "kinds", "admitted"),
    [("IN", (), True), ("DE", (), False), ("", (), False), ("IN", ("vpn",), False)],
)
def test_whom_a_pack_lets_in(country: str, kinds: tuple[str, ...], *, admitted: bool) -> None:
    """A country that nobody knows is none of those that are allowed."""
    walk = asked(HOME)
    walk.do(c.SeeNetwork(country, kinds))
    assert walk.at.network is not None
    assert walk.at.network.admitted is admitted
    if admitted:
        walk.do(c.TakeTicket("A001"))
    else:
        assert refused(walk, c.TakeTicket("A001")) == "network_not_admitted"


def test_countries_may_be_left_out_by_name() -> None:
    without = NetworkPolicy(deny=("KP", "tor"))
    assert without.admits("", ())
    assert without.admits("FR", ("hosting",))
    assert not without.admits("KP", ())
    assert not without.admits("FR", ("hosting", "tor"))


def test_nobody_queues_from_a_network_that_was_never_seen() -> None:
    assert refused(asked(HOME), c.TakeTicket("A001")) == "network_not_admitted"


def test_a_note_keeps_nobody_out() -> None:
    walk = asked(replace(HOME, block=False))
    walk.do(c.SeeNetwork("DE"))
    walk.in_service().through(*STEPS)
    (seen,) = (one for one in walk.events if isinstance(one, e.NetworkSeen))
    assert (seen.country, seen.admitted) == ("DE", False)


def test_who_moves_abroad_in_the_call_goes_no_further_until_back() -> None:
    walk = asked(HOME)
    walk.do(c.SeeNetwork("IN"))
    walk.in_service().do(CONSENT, c.AnswerStep(STEPS[0], "agreed"))
    walk.do(c.SeeNetwork("DE"))
    passed = c.CompleteStep(STEPS[0], TELLER, "passed")
    assert refused(walk, passed) == "network_not_admitted"
    assert rules.blocked(walk.at, walk.now) == "network_not_admitted"
    walk.do(c.SeeNetwork("IN"), passed)


def test_the_same_network_is_told_once_and_none_unasked() -> None:
    walk = asked(HOME)
    assert walk.do(c.SeeNetwork("IN"))
    assert walk.do(c.SeeNetwork("IN")) == ()
    assert walk.do(c.SeeNetwork("IN", ("hosting",)))
    assert asked().do(c.SeeNetwork("DE")) == ()


# ---- positions


def test_no_position_is_taken_where_no_pack_asks() -> None:
    assert refused(asked(), HERE) == "place_not_asked"
    assert refused(asked(), c.DeclinePlace("chosen")) == "place_not_asked"


def test_what_needs_a_live_picture_waits_for_a_required_position() -> None:
    walk = asked(place=PlacePolicy(required=True)).in_service()
    assert refused(walk, CONSENT) == "place_missing"
    walk.do(c.DeclinePlace("chosen"))
    assert refused(walk, CONSENT) == "place_declined"
    walk.do(HERE)
    walk.through(*STEPS)


def test_a_no_is_a_way_on_where_it_is_not_required() -> None:
    walk = asked(place=PlacePolicy(max_age_seconds=60))
    walk.do(c.DeclinePlace("denied"))
    walk.in_service().through(*STEPS)
    assert walk.at.place is not None
    assert walk.at.place.why == "denied"


def test_a_position_grows_old_by_the_servers_clock() -> None:
    walk = asked(place=PlacePolicy(required=True, max_age_seconds=60))
    walk.do(HERE)
    walk.in_service()
    walk.now += timedelta(seconds=61)
    assert refused(walk, CONSENT) == "place_too_old"
    walk.do(HERE, CONSENT, c.AnswerStep(STEPS[0], "agreed"))
    walk.now += timedelta(seconds=61)
    assert rules.blocked(walk.at, walk.now) == "place_too_old"


def test_whoever_dropped_out_and_came_back_is_asked_again() -> None:
    walk = asked(place=PlacePolicy(required=True))
    walk.do(HERE)
    assert place_status(walk.in_service().at, walk.now) == "told"
    walk.do(CONSENT, c.AnswerStep(STEPS[0], "agreed"), c.LegDown("customer", "customer-1", "lost"))
    walk.do(c.LegUp("customer", "customer-2"), c.Reverified(TELLER, REASON))
    assert place_status(walk.at, walk.now) == "stale"
    passed = c.CompleteStep(STEPS[0], TELLER, "passed")
    assert refused(walk, passed) == "place_too_old"
    walk.do(HERE, passed)


def test_a_no_stays_a_no_after_a_rejoin() -> None:
    walk = asked(place=PlacePolicy())
    walk.do(c.DeclinePlace("chosen"))
    walk.in_service().do(c.LegDown("customer", "customer-1", "lost"))
    walk.do(c.LegUp("customer", "customer-2"))
    assert place_status(walk.at, walk.now) == "declined"


def test_a_no_after_a_yes_counts() -> None:
    walk = asked(place=PlacePolicy(required=True)).in_service()
    walk.do(HERE, c.DeclinePlace("chosen"))
    assert refused(walk, CONSENT) == "place_declined"
    assert walk.do(c.DeclinePlace("chosen")) == ()


def test_positions_come_no_faster_than_they_are_kept() -> None:
    walk = asked(place=PlacePolicy())
    walk.do(HERE)
    assert refused(walk, HERE) == "place_just_told"
    walk.now += timedelta(seconds=5)
    walk.do(HERE)


def test_the_event_says_what_it_was_for_and_no_coordinate() -> None:
    walk = asked(place=PlacePolicy(purposes=("anti_fraud",)))
    (told,) = walk.do(HERE)
    assert isinstance(told, e.PlaceTold)
    assert (told.purposes, told.accuracy_m) == (("anti_fraud",), 35.0)
    assert told.position == HERE.position
    assert decode(*encode(told)) == told


def test_nothing_is_told_of_a_visit_that_is_over() -> None:
    walk = asked(HOME, PlacePolicy())
    walk.do(c.LeaveQueue())
    for command in (HERE, c.DeclinePlace("chosen"), c.SeeNetwork("IN")):
        assert refused(walk, command) == "visit_closed"


def test_a_visit_of_an_earlier_release_was_never_asked() -> None:
    name, body = encode(asked().events[0])
    for field in ("network", "place"):
        del body["policy"][field]
    assert decode(name, body) == asked().events[0]
