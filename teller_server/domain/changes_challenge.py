"""What a challenge changes of a visit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import events as e
from .changes import Changes, with_step
from .state import Visit
from .state_challenge import AlternativePath, AskedAction, ChallengeState

CHALLENGE = Changes()


@CHALLENGE.on(e.ChallengeDrawn)
def _drawn(visit: Visit, event: e.ChallengeDrawn) -> Visit:
    """With the actions, the digits are drawn: they are read aloud when the machine has passed."""
    step = visit.step(event.step)
    actions = tuple(
        AskedAction(prompt, action)
        for prompt, action in zip(event.drawn, event.actions, strict=True)
    )
    challenge = ChallengeState(event.nonce, event.attempt, event.at, event.seconds, actions)
    spoken = step.plan.spoken if step and event.digits else ()
    return with_step(
        visit, event.step, challenge=challenge, drawn=(*event.drawn, *spoken), digits=event.digits,
        answers={},
    )  # fmt: skip


@CHALLENGE.on(e.ActionShown)
def _shown(visit: Visit, event: e.ActionShown) -> Visit:
    return _with_action(visit, event, shown_at=event.at)


@CHALLENGE.on(e.ActionJudged)
def _judged(visit: Visit, event: e.ActionJudged) -> Visit:
    found = {"outcome": event.outcome, "measured": event.measured, "reason": event.reason}
    return _with_action(visit, event, **found)


@CHALLENGE.on(e.ChallengeEnded)
def _ended(visit: Visit, event: e.ChallengeEnded) -> Visit:
    step = visit.step(event.step)
    if step is None or step.challenge is None:
        return visit
    ended = replace(step.challenge, outcome=event.outcome, reason=event.reason)
    failures = step.failures + (event.outcome == "failed")
    return with_step(visit, event.step, challenge=ended, failures=failures)


@CHALLENGE.on(e.AlternativeChosen)
def _alternative(visit: Visit, event: e.AlternativeChosen) -> Visit:
    path = AlternativePath(event.by, event.reason, event.note)
    return with_step(
        visit, event.step, alternative=path, drawn=event.drawn, digits=event.digits, answers={}
    )


def _with_action(visit: Visit, event: e.ActionShown | e.ActionJudged, **changes: Any) -> Visit:
    step = visit.step(event.step)
    if step is None or step.challenge is None:
        return visit
    actions = tuple(
        replace(one, **changes) if n == event.index else one
        for n, one in enumerate(step.challenge.actions)
    )
    return with_step(visit, event.step, challenge=replace(step.challenge, actions=actions))
