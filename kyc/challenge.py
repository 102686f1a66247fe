"""What a person is asked to do before the camera: drawn at random, for one visit.

Whoever plays an earlier visit back, or a clip made for the purpose, would have to hold the right
actions in the right order within seconds. That is all it proves: a face that is swapped in the live
picture follows every instruction (docs/identity.md). Pure; randomness is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any, Final


class Action(StrEnum):
    """One thing to do. Left and right are the customer's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    NOD = "nod"
    OPEN_MOUTH = "open_mouth"
    BLINK = "blink"
    COME_CLOSER = "come_closer"
    COVER_FACE = "cover_face"


TURNS: Final = (Action.TURN_LEFT, Action.TURN_RIGHT)
"""What a flat picture can't do, however it is held; every challenge has one of them."""
LEAST: Final = 2
DIGITS: Final = 4
SECONDS: Final = 6.0


@dataclass(frozen=True, slots=True)
class Challenge:
    """`nonce` in hex; `digits` are read aloud and judged by the teller; `seconds` an action."""

    nonce: str
    actions: tuple[Action, ...]
    digits: str
    seconds: float = SECONDS

    def as_dict(self) -> dict[str, Any]:
        """What is sealed before the first prompt is shown."""
        actions = [action.value for action in self.actions]
        return {
            "nonce": self.nonce,
            "actions": actions,
            "digits": self.digits,
            "seconds": self.seconds,
        }


def draw(
    chance: Random,
    count: int = 3,
    allowed: frozenset[Action] = frozenset(Action),
    digits: int = DIGITS,
) -> Challenge:
    """A challenge of `count` different actions out of `allowed`, one of them a turn.

    `chance` is `secrets.SystemRandom()` in a branch.

    Raises:
        ValueError: fewer than `LEAST` actions, or `allowed` has too few or no turn.
    """
    turns = [action for action in TURNS if action in allowed]
    if count < LEAST or len(allowed) < count or not turns:
        raise ValueError("a challenge has at least two allowed actions, one of them a turn")
    turn = chance.choice(turns)
    others = sorted(allowed - {turn})
    actions = [turn, *chance.sample(others, count - 1)]
    chance.shuffle(actions)
    spoken = draw_digits(chance, digits)
    return Challenge(f"{chance.getrandbits(128):032x}", tuple(actions), spoken)


def draw_digits(chance: Random, count: int = DIGITS) -> str:
    """Digits to be read aloud."""
    return "".join(str(chance.randrange(10)) for _ in range(count))
