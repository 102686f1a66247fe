"""What is asked is drawn at random, has a turn in it, and is written down as it will be asked."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.challenge import TURNS, Action, draw


@given(seed=st.integers(0, 2**32), count=st.integers(2, 7))
def test_every_challenge_has_a_turn_and_nothing_twice(seed: int, count: int) -> None:
    drawn = draw(random.Random(seed), count)
    assert len(set(drawn.actions)) == len(drawn.actions) == count
    assert set(TURNS) & set(drawn.actions)
    assert len(drawn.digits) == 4
    assert drawn.digits.isdigit()
    assert len(drawn.nonce) == 32
    assert draw(random.Random(seed), count) == drawn


def test_places_and_actions_are_even() -> None:
    chance = random.Random(7)
    drawn = [draw(chance) for _ in range(3_000)]
    assert len({(one.actions, one.digits) for one in drawn}) > 2_900
    first = Counter(one.actions[0] for one in drawn)
    assert set(first) == set(Action)
    turns = [first[turn] for turn in TURNS]
    others = [first[action] for action in Action if action not in TURNS]
    assert max(turns) < 1.2 * min(turns)
    assert max(others) < 1.4 * min(others)


def test_only_what_is_allowed_is_drawn() -> None:
    allowed = frozenset({Action.TURN_LEFT, Action.NOD, Action.COME_CLOSER})
    drawn = {action for n in range(50) for action in draw(random.Random(n), 2, allowed).actions}
    assert drawn == allowed


@pytest.mark.parametrize(
    ("count", "allowed"),
    [
        (1, frozenset(Action)),
        (3, frozenset({Action.TURN_LEFT, Action.NOD})),
        (2, frozenset({Action.NOD, Action.BLINK})),
    ],
)
def test_a_challenge_that_proves_too_little_is_not_drawn(
    count: int, allowed: frozenset[Action]
) -> None:
    with pytest.raises(ValueError, match="turn"):
        draw(random.Random(1), count, allowed)


def test_what_is_sealed_names_all_of_it() -> None:
    drawn = draw(random.Random(3))
    assert drawn.as_dict() == {
        "nonce": drawn.nonce,
        "actions": [action.value for action in drawn.actions],
        "digits": drawn.digits,
        "seconds": 6.0,
    }
