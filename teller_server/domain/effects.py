"""The change in the bank's own system: asked for once, settled once, never guessed."""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .state import Effect, Visit


def request_effect(visit: Visit, manifest: str, now: datetime) -> e.EffectRequested:
    """Ask for the effect of this visit, on this sealed evidence, under a key of its own."""
    name = visit.effect_name or ""
    return e.EffectRequested(now, name, f"{visit.id}/{name}", manifest)


def effect_committed(
    visit: Visit, command: c.EffectCommitted, now: datetime
) -> tuple[e.Event, ...]:
    """The bank's own system has the change."""
    _pending(visit)
    return (e.EffectSettled(now, Effect.COMMITTED, command.receipt),)


def effect_failed(visit: Visit, command: c.EffectFailed, now: datetime) -> tuple[e.Event, ...]:
    """The change was given up, or withdrawn; the branch has to look into it."""
    _pending(visit)
    word = Effect.CANCELLED if command.cancelled else Effect.DEAD_LETTERED
    return (e.EffectSettled(now, word, command.reason),)


def retry_effect(visit: Visit, command: c.RetryEffect, now: datetime) -> tuple[e.Event, ...]:
    """An administrator has what was given up tried again, under the same key."""
    _given_up(visit)
    return (e.EffectRetried(now, command.by),)


def cancel_effect(visit: Visit, command: c.CancelEffect, now: datetime) -> tuple[e.Event, ...]:
    """An administrator gives it up for good."""
    _given_up(visit)
    return (e.EffectSettled(now, Effect.CANCELLED, command.reason),)


def _pending(visit: Visit) -> None:
    if visit.effect is not Effect.PENDING:
        raise Refusal("no_effect_pending", effect=visit.effect.value)


def _given_up(visit: Visit) -> None:
    if visit.effect is not Effect.DEAD_LETTERED:
        raise Refusal("effect_not_given_up", effect=visit.effect.value)
