"""A challenge: movements drawn at random, asked in the live picture and judged by the machine.

What the machine saw to fail can be repeated with a fresh draw, sent down the path without
movement for a stated reason, or refused; nobody takes it as passed. What it could not see may
be tried again. The draw is an event, and sealed on disk before any of it is shown.
"""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_service, in_state, live, open_step, owned_by, party_step, stated
from .script import TURNS
from .state import SERVING, StepState, Visit
from .state_challenge import AlternativeReason, ChallengeState

MOST_FAILED = 3
"""Every further try raises the chance that a recording fits the draw."""
MOST_DRAWS = 6
LEAF = 64  # hex digits of SHA-256


def measurable(visit: Visit, party: str) -> bool:
    """Whether a party's face may be measured: it has agreed to face processing."""
    kept = visit.consents_of(party).get("face_storage", True)
    return kept and visit.consented(party, "face")


def draw_challenge(visit: Visit, command: c.DrawChallenge, now: datetime) -> tuple[e.Event, ...]:
    """A fresh draw, if another may be tried; all that is drawn belongs to the step's pool."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = open_step(visit, command.step)
    code = no_more_draws(visit, step, now)
    if code is not None:
        raise Refusal(code, step=step.id)
    live(visit, step.party)
    actions = _actions(step, command.drawn)
    _check_digits(step.plan.digits if step.plan.spoken else 0, command.digits)
    attempt = step.challenge.attempt + 1 if step.challenge else 1
    lost = _lost(step, now)
    drawn = e.ChallengeDrawn(
        now, step.id, command.teller, command.nonce, attempt, command.drawn, actions,
        command.digits, command.seconds,
    )  # fmt: skip
    return (*lost, drawn)


def no_more_draws(visit: Visit, step: StepState, now: datetime) -> str | None:
    """Why no challenge may be drawn now: a code, or None."""
    if not step.plan.challenged:
        return "no_challenge_here"
    if step.alternative is not None:
        return "alternative_chosen"
    if not measurable(visit, step.party):
        return "face_consent_missing"
    return _used_up(step, now) if step.challenge is not None else None


def show_action(visit: Visit, command: c.ShowAction, now: datetime) -> tuple[e.Event, ...]:
    """One after the other, each only when the one before has passed; never before the seal."""
    in_service(visit)
    step, challenge = _running(visit, command.nonce)
    if len(command.sealed) != LEAF:
        raise Refusal("challenge_not_sealed", step=step.id)
    if not challenge.judged == challenge.shown == command.index < len(challenge.actions):
        raise Refusal("action_out_of_order", index=command.index)
    live(visit, step.party)
    action = challenge.actions[command.index].action
    return (e.ActionShown(now, step.id, command.nonce, command.index, action, command.sealed),)


def judge_action(visit: Visit, command: c.JudgeAction, now: datetime) -> tuple[e.Event, ...]:
    """The challenge passes with its last action; the first that does not pass ends it."""
    in_service(visit)
    step, challenge = _running(visit, command.nonce)
    if command.index != challenge.shown - 1 or challenge.judged != command.index:
        raise Refusal("action_out_of_order", index=command.index)
    judged = e.ActionJudged(
        now, step.id, command.nonce, command.index, challenge.actions[command.index].action,
        command.outcome, command.measured, command.seen_s, command.reason,
    )  # fmt: skip
    if command.outcome == "passed" and command.index + 1 < len(challenge.actions):
        return (judged,)
    return (judged, _ended(step, now, command))


def break_challenge(visit: Visit, command: c.BreakChallenge, now: datetime) -> tuple[e.Event, ...]:
    """No result is not a failure: it may be tried again."""
    in_state(visit, SERVING)
    step, _ = _running(visit, command.nonce)
    return (e.ChallengeEnded(now, step.id, command.nonce, "unusable", command.code),)


def choose_alternative(
    visit: Visit, command: c.ChooseAlternative, now: datetime
) -> tuple[e.Event, ...]:
    """By the party itself, at any time before the machine has seen anything; else by the teller."""
    in_service(visit)
    step = open_step(visit, command.step)
    if command.by == step.party:
        party_step(visit, command.step, command.by)
    else:
        owned_by(visit, command.by)
        stated(command.note)
    code = no_alternative(step, by_party=command.by == step.party)
    if code is not None:
        raise Refusal(code, step=step.id)
    reason: AlternativeReason = "teller_chose"
    if command.by == step.party:
        reason = "customer_asked"
    elif step.failures:
        reason = "after_failure"
    chosen = alternative(step, command, reason, now)
    return (*_given_up(step, now), chosen)


def no_alternative(step: StepState, *, by_party: bool) -> str | None:
    """Why the path without movement can't be chosen: a code, or None."""
    if not step.plan.challenged:
        return "no_challenge_here"
    if step.alternative is not None:
        return "alternative_chosen"
    passed = step.challenge is not None and step.challenge.outcome == "passed"
    return "teller_decides" if by_party and (step.failures or passed) else None


def alternative(
    step: StepState, command: c.ChooseAlternative, reason: AlternativeReason, now: datetime
) -> e.AlternativeChosen:
    """The event, when what was drawn for it is right."""
    still = {q.id: q for q in step.plan.questions if q.otherwise == "note"}
    size = min(step.plan.draw, len(still))
    if len(command.drawn) != size or len({*command.drawn} & {*still}) != size:
        raise Refusal("draw_wrong", step=step.id)
    digits = max((still[name].digits for name in command.drawn), default=0)
    _check_digits(digits, command.digits)
    return e.AlternativeChosen(
        now, step.id, command.by, reason, command.drawn, command.digits, command.note
    )


def unproven(step: StepState) -> str | None:
    """Why the machine's part of a step is not settled: a code, or None."""
    if not step.plan.challenged or step.alternative is not None:
        return None
    if step.challenge is None:
        return "challenge_missing"
    if step.challenge.outcome is None:
        return "challenge_running"
    return _NOT_PASSED.get(step.challenge.outcome)


_NOT_PASSED = {"failed": "challenge_failed", "unusable": "challenge_unusable"}


def _actions(step: StepState, drawn: tuple[str, ...]) -> tuple[str, ...]:
    """What the prompts ask for. Refuses a draw that is not of this pool, or has no turn."""
    known = {q.id: q.action for q in step.plan.questions if q.action}
    if len(drawn) != step.plan.draw or len({*drawn} & {*known}) != step.plan.draw:
        raise Refusal("draw_wrong", step=step.id)
    actions = tuple(known[name] for name in drawn)
    if not {*actions} & {*TURNS}:
        raise Refusal("draw_wrong", step=step.id)
    return actions


def _check_digits(wanted: int, digits: str) -> None:
    if len(digits) != wanted or not ((digits.isascii() and digits.isdigit()) or not wanted):
        raise Refusal("draw_wrong", field="digits")


def _used_up(step: StepState, now: datetime) -> str | None:
    challenge = step.challenge
    if challenge is None:
        return None
    if challenge.outcome == "passed":
        return "challenge_passed"
    if challenge.running(now):
        return "challenge_running"
    used = step.failures >= MOST_FAILED or challenge.attempt >= MOST_DRAWS
    return "too_many_attempts" if used else None


def _running(visit: Visit, nonce: str) -> tuple[StepState, ChallengeState]:
    step = visit.current
    challenge = step.challenge if step else None
    if step is None or challenge is None or challenge.nonce != nonce or challenge.outcome:
        raise Refusal("challenge_not_running")
    return step, challenge


def _ended(step: StepState, now: datetime, command: c.JudgeAction) -> e.ChallengeEnded:
    return e.ChallengeEnded(now, step.id, command.nonce, command.outcome, command.reason)


def _lost(step: StepState, now: datetime) -> tuple[e.Event, ...]:
    """A challenge that nobody ended has no result."""
    challenge = step.challenge
    if challenge is None or challenge.outcome is not None:
        return ()
    return (e.ChallengeEnded(now, step.id, challenge.nonce, "unusable", "lost"),)


def _given_up(step: StepState, now: datetime) -> tuple[e.Event, ...]:
    challenge = step.challenge
    if challenge is None or challenge.outcome is not None:
        return ()
    return (e.ChallengeEnded(now, step.id, challenge.nonce, "unusable", "alternative_chosen"),)
