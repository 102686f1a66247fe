"""A challenge, as the party and the teller see it: never more of the draw than has been shown."""

from datetime import timedelta
from typing import Any

from teller_server.desk.views.scene import VisitScene
from teller_server.desk.words import word, word_or
from teller_server.domain.challenge import (
    MOST_DRAWS,
    MOST_FAILED,
    no_alternative,
    no_more_draws,
)
from teller_server.domain.script import Liveness, Step
from teller_server.domain.state import StepState, VisitState
from teller_server.domain.state_challenge import AskedAction, ChallengeState

UNITS = {
    "turn_left": "°",
    "turn_right": "°",
    "nod": "°",
    "open_mouth": "",
    "blink": "",
    "come_closer": "×",
    "cover_face": " s",
}


def customer_challenge(scene: VisitScene, step: Step, state: StepState) -> dict[str, Any] | None:
    """The one thing to do now, with the seconds that are left for it."""
    if not state.plan.challenged or state.alternative is not None or state.status != "current":
        return None
    challenge = state.challenge
    if challenge is None or challenge.outcome is not None:
        phase = challenge.outcome if challenge and challenge.outcome else "ready"
        return {"phase": phase, "action": None, "ask": None, "index": 0, "count": state.plan.draw,
                "seconds": 0, "left": 0}  # fmt: skip
    now = _shown(challenge)
    return {
        "phase": "action" if now else "calm",
        "action": now.action if now else None,
        "ask": _ask(scene, step, now) if now else None,
        "index": challenge.judged + 1,
        "count": len(challenge.actions),
        "seconds": challenge.seconds,
        "left": _left(scene, challenge, now),
    }


def can_decline(state: StepState) -> list[str]:
    """Whether the party may still say that it can't move."""
    return [] if no_alternative(state, by_party=True) else ["decline_challenge"]


def teller_challenge(
    scene: VisitScene, step: Step, state: StepState, language: str
) -> dict[str, Any] | None:
    """How each action went, as far as they have been shown."""
    if not state.plan.challenged:
        return None
    challenge, path = state.challenge, state.alternative
    tries = min(MOST_FAILED - state.failures, MOST_DRAWS - (challenge.attempt if challenge else 0))
    running = challenge is not None and challenge.outcome is None
    return {
        "status": (challenge.outcome or "running") if challenge else "none",
        "attempt": challenge.attempt if challenge else 0,
        "tries_left": max(0, tries),
        "failed": state.failures,
        "count": len(challenge.actions) if challenge else state.plan.draw,
        "actions": [
            _action(scene, step, one, language)
            for one in (challenge.actions if challenge else ())
            if one.shown_at is not None
        ],
        "calm": running and challenge is not None and _shown(challenge) is None,
        "left": _left(scene, challenge, _shown(challenge)) if running and challenge else 0,
        "reason": _reason(challenge.reason, language) if challenge and challenge.reason else None,
        "digits": state.digits or None,
        "alternative": {
            "reason": word(f"alternative.{path.reason}", language),
            "by_party": path.by == state.party,
        }
        if path
        else None,
    }


def challenge_actions(scene: VisitScene, state: StepState) -> list[str]:
    """What the teller may do about it."""
    visit = scene.visit
    if not state.plan.challenged or visit.state is not VisitState.IN_SERVICE:
        return []
    draw = no_more_draws(visit, state, scene.now) is None
    instead = no_alternative(state, by_party=False) is None
    return [*(["challenge"] if draw else []), *(["alternative"] if instead else [])]


def judged_by_teller(state: StepState) -> tuple[str, ...]:
    """The prompts that the teller watches now; of a challenge those without movement."""
    judged = {question.id for question in state.plan.questions if question.action}
    passed = state.challenge is not None and state.challenge.outcome == "passed"
    if judged and not passed and state.alternative is None:
        return ()
    return tuple(name for name in state.drawn if name not in judged)


def _shown(challenge: ChallengeState) -> AskedAction | None:
    """The action that is being asked for, or judged."""
    if challenge.shown == challenge.judged:
        return None
    return challenge.actions[challenge.shown - 1]


def _left(scene: VisitScene, challenge: ChallengeState, now: AskedAction | None) -> float:
    if now is None or now.shown_at is None:
        return 0
    over = now.shown_at + timedelta(seconds=challenge.seconds)
    return round(max(0.0, (over - scene.now).total_seconds()), 1)


def _ask(scene: VisitScene, step: Step, action: AskedAction) -> str:
    prompts = step.detail.prompts if isinstance(step.detail, Liveness) else ()
    ask = next(prompt.ask for prompt in prompts if prompt.id == action.prompt)
    return scene.text(ask, scene.visit.language)


def _action(scene: VisitScene, step: Step, one: AskedAction, language: str) -> dict[str, Any]:
    return {
        "action": one.action,
        "title": word(f"action.{one.action}", language),
        "ask": _ask(scene, step, one),
        "outcome": one.outcome,
        "measured": measured(one.action, one.measured) if one.outcome else None,
        "reason": _reason(one.reason, language) if one.reason else None,
    }


def measured(action: str, figure: float) -> str:
    """What was measured of an action, with its unit."""
    return f"{figure:g}{UNITS.get(action, '')}"


def _reason(code: str, language: str) -> str:
    return word_or(f"challenge.{code}", "challenge.other", language)
