"""What machines and registers were asked about a person: every draw of movements, every answer."""

from typing import Any

from teller_server.desk.findings_visit import Reading
from teller_server.desk.views.challenge import measured
from teller_server.desk.words import word, word_or
from teller_server.domain import events as e
from teller_server.domain.events import Event
from teller_server.domain.outline import REGISTER_TITLES


def movements(reading: Reading, party: str) -> list[dict[str, Any]]:
    """Every draw for a party, oldest first; each action as far as it was shown and judged."""
    return [
        _draw(reading, event)
        for event in reading.told
        if isinstance(event, e.ChallengeDrawn) and _theirs(reading, event.step, party)
    ]


def instead(reading: Reading, party: str) -> dict[str, Any] | None:
    """The path without movement, who chose it, and why."""
    for event in reversed(reading.told):
        if isinstance(event, e.AlternativeChosen) and _theirs(reading, event.step, party):
            return {
                "at": event.at.isoformat(),
                "reason": word(f"alternative.{event.reason}", reading.language),
                "note": reading.open("note", event.note),
            }
    return None


def registers(reading: Reading, party: str) -> list[dict[str, Any]]:
    """Every question about a party, oldest first, with its answer; never what was sent along."""
    return [
        _question(reading, event)
        for event in reading.told
        if isinstance(event, e.RegistryAsked) and event.party == party
    ]


def _draw(reading: Reading, drawn: e.ChallengeDrawn) -> dict[str, Any]:
    told = [event for event in reading.told if _nonce(event) == drawn.nonce]
    ended = next((event for event in told if isinstance(event, e.ChallengeEnded)), None)
    return {
        "attempt": drawn.attempt,
        "at": drawn.at.isoformat(),
        "digits": drawn.digits,
        "outcome": ended.outcome if ended else None,
        "reason": _why(ended.reason, reading.language) if ended else None,
        "actions": [_action(reading, told, n, one) for n, one in enumerate(drawn.actions)],
    }


def _action(reading: Reading, told: list[Event], index: int, action: str) -> dict[str, Any]:
    shown = [one for one in told if isinstance(one, e.ActionShown) and one.index == index]
    judged = [one for one in told if isinstance(one, e.ActionJudged) and one.index == index]
    found = judged[-1] if judged else None
    return {
        "title": word(f"action.{action}", reading.language),
        "at": shown[-1].at.isoformat() if shown else None,
        "outcome": found.outcome if found else None,
        "measured": measured(action, found.measured) if found else None,
        "seen_s": found.seen_s if found else None,
        "reason": _why(found.reason, reading.language) if found else None,
    }


def _nonce(event: Event) -> str | None:
    if isinstance(event, e.ActionShown | e.ActionJudged | e.ChallengeEnded):
        return event.nonce
    return None


def _theirs(reading: Reading, step: str, party: str) -> bool:
    state = reading.visit.step(step)
    return state is not None and state.party == party


def _why(code: str, language: str) -> str | None:
    return word_or(f"challenge.{code}", "challenge.other", language) if code else None


def _question(reading: Reading, asked: e.RegistryAsked) -> dict[str, Any]:
    answer = next((event for event in reading.told if _answers(event, asked)), None)
    found = answer if isinstance(answer, e.RegistryAnswered) else None
    status = found.outcome if found else "running"
    return {
        "check": asked.check,
        "title": REGISTER_TITLES[asked.check][reading.language],
        "attempt": asked.attempt,
        "asked_at": asked.at.isoformat(),
        "at": found.at.isoformat() if found else None,
        "status": status,
        "status_title": word(f"register.{status}", reading.language),
        "reasons": [
            word_or(f"register_reason.{code}", "register_reason.other", reading.language)
            for code in (found.reasons if found else ())
        ],
        "reference": found.reference if found else "",
    }


def _answers(event: Event, asked: e.RegistryAsked) -> bool:
    if not isinstance(event, e.RegistryAnswered):
        return False
    return (event.step, event.check, event.attempt) == (asked.step, asked.check, asked.attempt)
