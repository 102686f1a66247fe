"""Events of a challenge. Its draw is sealed on disk before its first action is shown."""

from __future__ import annotations

from dataclasses import dataclass

from .event import Event
from .ids import UNSAID, SealedText
from .state_challenge import AlternativeReason, ChallengeOutcome


@dataclass(frozen=True, slots=True)
class ChallengeDrawn(Event):
    """Chance has chosen: `drawn` are prompts, `actions` what they ask for, in the same order."""

    step: str
    teller: str
    nonce: str
    attempt: int
    drawn: tuple[str, ...]
    actions: tuple[str, ...]
    digits: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ActionShown(Event):
    """An action came onto the party's page. `sealed`: a leaf of the events log (hex) that stood
    on disk before, with the draw in it or behind it: who has the leaf knows the order."""

    step: str
    nonce: str
    index: int
    action: str
    sealed: str


@dataclass(frozen=True, slots=True)
class ActionJudged(Event):
    """What was seen of it. `measured`: degrees, a ratio or seconds, as the action has it;
    `seen_s`: seconds after it was shown."""

    step: str
    nonce: str
    index: int
    action: str
    outcome: ChallengeOutcome
    measured: float
    seen_s: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChallengeEnded(Event):
    """The whole challenge; `reason` is a code unless it passed."""

    step: str
    nonce: str
    outcome: ChallengeOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AlternativeChosen(Event):
    """No movement is asked for; `drawn` are prompts that the teller judges. `by`: an account, or
    the party."""

    step: str
    by: str
    reason: AlternativeReason
    drawn: tuple[str, ...]
    digits: str = ""
    note: SealedText = UNSAID
