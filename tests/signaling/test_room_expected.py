"""Seats that are kept for somebody who may come later."""

from hypothesis import given
from hypothesis import strategies as st

from signaling.room import Room

EXPECTED = ("customer", "teller", "guarantor")


def test_an_expected_guest_has_the_same_seat_whenever_they_come() -> None:
    late, early = Room(EXPECTED), Room(EXPECTED)
    for party in EXPECTED:
        late.enter(party, 2)
    for party in reversed(EXPECTED):
        early.enter(party, 2)
    for room in (late, early):
        assert room.seats("customer") == ("teller", "guarantor")
        assert room.seats("teller") == ("customer", "guarantor")
        assert room.seats("guarantor") == ("customer", "teller")


def test_until_the_guest_comes_their_seat_is_silent() -> None:
    room = Room(EXPECTED)
    room.enter("customer", 2)
    room.enter("teller", 2)
    assert room.seats("customer") == ("teller", None)
    room.enter("guarantor", 2)
    assert room.seats("customer") == ("teller", "guarantor")
    room.leave("guarantor")
    assert room.seats("customer") == ("teller", None)


def test_a_page_with_too_few_lines_gets_who_is_there() -> None:
    room = Room(EXPECTED)
    room.enter("guarantor", 1)
    room.enter("teller", 1)
    assert room.seats("guarantor") == ("teller",)
    room.enter("customer", 2)
    assert room.seats("customer") == ("teller", "guarantor")


def test_somebody_unexpected_gets_the_seat_of_somebody_absent() -> None:
    room = Room(EXPECTED)
    room.enter("customer", 2)
    room.enter("interpreter", 2)
    assert "interpreter" in room.seats("customer")
    assert not room.unheard("customer")


actions = st.lists(
    st.tuples(st.sampled_from(["enter", "leave"]), st.sampled_from([*EXPECTED, "stranger"])),
    max_size=40,
)


@given(actions)
def test_with_lines_enough_nobody_is_ever_unheard(steps: list[tuple[str, str]]) -> None:
    room = Room(EXPECTED)
    for action, party in steps:
        room.enter(party, 3) if action == "enter" else room.leave(party)
        for listener in room.parties:
            heard = [p for p in room.seats(listener) if p is not None]
            assert listener not in heard
            assert sorted(heard) == sorted(set(room.parties) - {listener})
