"""What pages show of the device's position: the reasons and the way out, never a coordinate."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from teller_server.desk.views.customer import customer_view
from teller_server.desk.views.place import teller_place
from teller_server.desk.views.scene import BranchFacts, VisitScene
from teller_server.desk.words import word
from teller_server.domain import commands as c
from teller_server.domain.ids import SealedText
from teller_server.domain.state import VisitPolicy
from teller_server.domain.state_place import PURPOSES, PlacePolicy
from tests.teller_server.material import Walk, opening, script

BRANCH = BranchFacts("Model Bank", True, "9:00-17:00", None)
HERE = c.TellPlace(SealedText("sealed:31.2304,121.4737"), 34.6)
AGING = PlacePolicy(required=True, max_age_seconds=60, purposes=PURPOSES)


def asked(place: PlacePolicy | None, language: str = "zh-CN") -> Walk:
    policy = VisitPolicy(place=place)
    return Walk(replace(opening(), language=language, policy=policy)).offered()


def scene(at: Walk) -> VisitScene:
    return VisitScene(at.at, script(), at.now, 0.0)


def shown(at: Walk, party: str = "customer") -> dict[str, Any]:
    return customer_view(BRANCH, scene(at), party)


def line(at: Walk, language: str = "en") -> str:
    found = teller_place(scene(at), language)
    assert found is not None
    return found["line"]


def test_where_no_pack_asks_nothing_is_shown() -> None:
    walk = asked(None)
    assert shown(walk)["place"] is None
    assert teller_place(scene(walk), "en") is None


def test_a_guest_is_not_asked_where_the_customers_device_is() -> None:
    assert shown(asked(AGING), "guarantor")["place"] is None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_it_is_for_is_said_before_anything_is_told(language: str) -> None:
    place = shown(asked(AGING, language))["place"]
    assert (place["status"], place["required"], place["max_age_s"]) == ("asked", True, 60)
    assert place["purposes"] == [word(f"place.for.{one}", language) for one in PURPOSES]
    assert len(set(place["purposes"])) == len(PURPOSES)
    assert place["consequence"] == word("place.without", language)
    assert (place["accuracy"], place["why"], place["until"]) == (None, None, None)


def test_what_was_told_shows_how_near_and_until_when_but_not_where() -> None:
    walk = asked(AGING)
    walk.do(HERE)
    view = shown(walk)
    assert view["place"]["status"] == "told"
    assert view["place"]["accuracy"] == "误差约 35 米"
    assert view["place"]["until"] == (walk.now + timedelta(seconds=60)).isoformat()
    assert line(walk) == "within 35 m"
    whole = json.dumps([view, teller_place(scene(walk), "en")])
    assert "31.2304" not in whole
    assert "sealed:" not in whole


def test_a_no_where_none_is_needed_costs_nothing() -> None:
    walk = asked(PlacePolicy(max_age_seconds=60), "en")
    assert line(walk) == "Not yet"
    walk.do(c.DeclinePlace("chosen"))
    place = shown(walk)["place"]
    assert (place["status"], place["why"], place["consequence"]) == ("declined", "chosen", None)
    assert line(walk) == "The customer chose not to"


def test_a_no_where_it_is_needed_names_the_way_that_is_left() -> None:
    walk = asked(PlacePolicy(required=True), "en")
    walk.do(c.DeclinePlace("denied"))
    place = shown(walk)["place"]
    assert place["why"] == "denied"
    assert "branch" in place["consequence"]
    assert line(walk, "zh-CN") == "浏览器未授权"


def test_what_is_too_old_is_asked_for_again() -> None:
    walk = asked(AGING)
    walk.do(HERE)
    walk.now += timedelta(seconds=61)
    place = shown(walk)["place"]
    assert (place["status"], place["accuracy"], place["until"]) == ("stale", None, None)
    assert line(walk) == "Too old; asked for again"


def test_once_the_visit_is_over_nobody_asks() -> None:
    walk = Walk(replace(opening(), policy=VisitPolicy(place=AGING)))
    walk.do(c.TakeTicket("A001"), c.LeaveQueue())
    assert shown(walk)["place"] is None
