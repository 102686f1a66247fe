"""Who hears whom."""

from hypothesis import given
from hypothesis import strategies as st

from signaling.room import Room


def test_two_parties_hear_each_other() -> None:
    room = Room()
    room.enter("customer", 1)
    assert room.seats("customer") == (None,)
    room.enter("teller", 1)
    assert room.seats("customer") == ("teller",)
    assert room.seats("teller") == ("customer",)


def test_a_seat_is_kept_over_a_rejoin() -> None:
    room = Room()
    for party in ("customer", "teller", "interpreter"):
        room.enter(party, 2)
    room.leave("teller")
    assert room.seats("customer") == (None, "interpreter")
    room.enter("teller", 2)
    assert room.seats("customer") == ("teller", "interpreter")


def test_somebody_present_takes_the_seat_of_somebody_gone() -> None:
    room = Room()
    for party in ("customer", "teller", "interpreter"):
        room.enter(party, 1)
    assert room.unheard("customer") == ("interpreter",)
    room.leave("teller")
    room.enter("interpreter", 1)
    assert room.seats("customer") == ("interpreter",)
    room.enter("teller", 1)
    assert room.unheard("customer") == ("teller",)


def test_on_hold_nobody_is_heard_and_afterwards_everybody_as_before() -> None:
    room = Room()
    room.enter("customer", 1)
    room.enter("teller", 1)
    room.hold(True)
    assert room.held
    assert room.seats("customer") == (None,)
    room.hold(False)
    assert room.seats("customer") == ("teller",)


def test_an_observer_without_lines_hears_nobody_and_who_never_came_has_no_seats() -> None:
    room = Room()
    room.enter("customer", 1)
    room.enter("witness", 0)
    assert room.seats("witness") == ()
    assert room.unheard("witness") == ("customer",)
    assert room.seats("nobody") == ()
    assert room.unheard("nobody") == ()
    room.leave("nobody")
    assert room.parties == ("customer", "witness")


actions = st.lists(
    st.tuples(st.sampled_from(["enter", "leave"]), st.sampled_from("abcd"), st.integers(0, 4)),
    max_size=40,
)


@given(actions)
def test_whatever_happens_nobody_hears_himself_twice_or_the_absent(
    steps: list[tuple[str, str, int]],
) -> None:
    room = Room()
    for action, party, seats in steps:
        if action == "enter":
            room.enter(party, seats)
        else:
            room.leave(party)
        for listener in room.parties:
            heard = [p for p in room.seats(listener) if p is not None]
            assert listener not in heard
            assert len(set(heard)) == len(heard)
            assert set(heard) <= set(room.parties)
            unheard = set(room.parties) - set(heard) - {listener}
            assert unheard == set(room.unheard(listener))
