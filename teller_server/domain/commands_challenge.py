"""Commands of a challenge: movements drawn at random and judged by the machine."""

from __future__ import annotations

from dataclasses import dataclass

from .command import Command
from .ids import UNSAID, SealedText
from .state_challenge import ChallengeOutcome


@dataclass(frozen=True, slots=True)
class DrawChallenge(Command):
    """A fresh draw: prompts in their order, digits to read aloud, seconds for each action."""

    step: str
    teller: str
    nonce: str
    drawn: tuple[str, ...]
    digits: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ShowAction(Command):
    """The next action is put on the party's page. `sealed`: the leaf of the events log (hex) in
    or after which the draw is on disk."""

    nonce: str
    index: int
    sealed: str


@dataclass(frozen=True, slots=True)
class JudgeAction(Command):
    """What the live picture showed of an action; `seen_s` seconds after it was shown."""

    nonce: str
    index: int
    outcome: ChallengeOutcome
    measured: float
    seen_s: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BreakChallenge(Command):
    """The challenge can't be judged to its end; `code` says why."""

    nonce: str
    code: str


@dataclass(frozen=True, slots=True)
class ChooseAlternative(Command):
    """Prompts without movement instead. `by`: the teller, who says why, or the party itself."""

    step: str
    by: str
    drawn: tuple[str, ...]
    digits: str = ""
    note: SealedText = UNSAID
