"""States of the console while the registers are asked, and after each of their answers."""

from __future__ import annotations

from collections.abc import Callable

from teller_server.desk.words import word
from teller_server.domain.outline import REGISTER_TITLES
from tests.web.gallery_staff_services import at_step
from tests.web.gallery_staff_views import View
from tests.web.gallery_views import iso

COMPANY, LOAN = "corporate_account", "loan_interview"


def line(language: str, check: str, status: str, *reasons: str, attempt: int = 1) -> View:
    """As the branch tells of one register."""
    done = status in ("match", "mismatch")
    return {
        "check": check,
        "title": REGISTER_TITLES[check][language],
        "status": status,
        "status_title": word(f"register.{status}", language),
        "reasons": [word(f"register_reason.{code}", language) for code in reasons],
        "reference": "D41E0B77A90C3" if done else None,
        "at": iso(-4),
        "attempt": attempt,
        "again": status == "unreachable" and attempt < 3,
    }


def _asking(language: str) -> View:
    lines = [line(language, "citizen", "running"), line(language, "screening", "match")]
    blocked = {"blocked": "registry_running", "can": ["refuse"]}
    blocked["blocked_message"] = word("blocked.registry_running", language)
    return at_step(LOAN, "registers", language, current={**blocked, "registers": lines})


def _confirmed(language: str) -> View:
    lines = [line(language, "company", "match"), line(language, "screening", "match")]
    return at_step(COMPANY, "company_register", language, current={"registers": lines})


def _no(language: str) -> View:
    reasons = ("company_abnormal", "representative_differs")
    lines = [
        line(language, "company", "mismatch", *reasons),
        line(language, "screening", "unreachable", "registry_timeout"),
    ]
    blocked = {"blocked": "registry_mismatch", "can": ["refuse"]}
    blocked["blocked_message"] = word("blocked.registry_mismatch", language)
    return at_step(COMPANY, "company_register", language, current={**blocked, "registers": lines})


def _silent(language: str) -> View:
    lines = [
        line(language, "citizen", "unreachable", "registry_timeout"),
        line(language, "screening", "match"),
    ]
    return at_step(LOAN, "registers", language, current={"registers": lines})


REGISTER_STATES: dict[str, Callable[[str], View]] = {
    "registers-asked": _asking,
    "registers-confirmed": _confirmed,
    "registers-no": _no,
    "registers-silent": _silent,
}
