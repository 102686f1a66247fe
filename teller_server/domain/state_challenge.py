"""How far a challenge has come: movements asked of a live face, judged by the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .ids import UNSAID, SealedText

ChallengeOutcome = Literal["passed", "failed", "unusable"]
AlternativeReason = Literal["no_face_consent", "customer_asked", "teller_chose", "after_failure"]
SLACK = 30.0
"""Seconds an action may take beside its own time, before the challenge counts as lost."""


@dataclass(frozen=True, slots=True)
class AskedAction:
    """One action: shown to the party, then judged. `measured` in the action's own unit."""

    prompt: str
    action: str
    shown_at: datetime | None = None
    outcome: ChallengeOutcome | None = None
    measured: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChallengeState:
    """The newest draw of a step. `seconds`: an action's time; `outcome` None while it runs."""

    nonce: str
    attempt: int
    drawn_at: datetime
    seconds: float
    actions: tuple[AskedAction, ...]
    outcome: ChallengeOutcome | None = None
    reason: str = ""

    @property
    def shown(self) -> int:
        """How many actions the party has been shown."""
        return sum(one.shown_at is not None for one in self.actions)

    @property
    def judged(self) -> int:
        return sum(one.outcome is not None for one in self.actions)

    def running(self, now: datetime) -> bool:
        """Whether somebody still judges it; a desk that died leaves one that nobody ends."""
        longest = (self.seconds + SLACK) * len(self.actions)
        return self.outcome is None and now < self.drawn_at + timedelta(seconds=longest)


@dataclass(frozen=True, slots=True)
class AlternativePath:
    """Prompts without movement instead, watched by the teller: who chose it, and why."""

    by: str
    reason: AlternativeReason
    note: SealedText = UNSAID
