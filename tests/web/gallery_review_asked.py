"""Canned draws of movements and answers of registers, as the second person reads them."""

from __future__ import annotations

from typing import Any

from teller_server.desk.words import word
from teller_server.domain.outline import REGISTER_TITLES
from tests.web.gallery_review_verdicts import at

Json = dict[str, Any]


def asked(zh: bool, *, doubt: bool) -> Json:
    """Recognised at once and confirmed; in doubt a failed draw first, a register that is silent."""
    draws = [_draw(zh, 1, 11.7, "4821", failed=doubt)]
    if doubt:
        draws.append(_draw(zh, 2, 12.1, "0937", failed=False))
    return {
        "movements": draws,
        "instead": None,
        "registers": [
            _inquiry(zh, "citizen", "match", 7.2),
            _inquiry(zh, "screening", "unreachable" if doubt else "match", 7.3),
        ],
    }


def _draw(zh: bool, attempt: int, begun: float, digits: str, *, failed: bool) -> Json:
    outcome = "failed" if failed else "passed"
    return {
        "attempt": attempt,
        "at": at(begun),
        "digits": digits,
        "outcome": outcome,
        "reason": None,
        "actions": [
            _moved(zh, "come_closer", begun + 0.1, "passed", "1.4×", 1.8),
            _moved(zh, "turn_left", begun + 0.2, outcome, "4°" if failed else "18.2°", 2.4),
        ],
    }


def _moved(zh: bool, action: str, shown: float, outcome: str, much: str, seen: float) -> Json:
    failed = outcome == "failed"
    language = "zh-CN" if zh else "en"
    return {
        "title": word(f"action.{action}", language),
        "at": at(shown),
        "outcome": outcome,
        "measured": much,
        "seen_s": None if failed else seen,
        "reason": word("challenge.not_done", language) if failed else None,
    }


def _inquiry(zh: bool, check: str, status: str, seconds: float) -> Json:
    language, silent = "zh-CN" if zh else "en", status == "unreachable"
    reason = word("register_reason.registry_timeout", language)
    return {
        "check": check,
        "title": REGISTER_TITLES[check][language],
        "attempt": 1,
        "asked_at": at(seconds),
        "at": at(seconds + 0.1),
        "status": status,
        "status_title": word(f"register.{status}", language),
        "reasons": [reason] if silent else [],
        "reference": "" if silent else "R20261123-0007",
    }
