"""From a finished visit to the order that the bank's own system is sent.

The facts are opened from what is sealed and leave the branch in this form only; docs/integration.md
shows each body whole. Only a change of what the bank holds needs a customer it knows: any other
order names the person where the bank has no reference, so that its core can make the customer.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from teller_server.desk.facts import VisitFacts
from teller_server.domain.errors import Refusal
from teller_server.domain.script import StepKind
from teller_server.domain.state import Visit
from teller_server.systems.port import CHANGE_DETAILS, Order


def order_of(
    visit: Visit,
    key: str,
    effect: str,
    facts: VisitFacts,
    papers: Mapping[str, str],
    released_at: datetime | None = None,
) -> Order:
    """The order; `papers`: SHA-256 of each paper's last PDF. Limits count from `released_at`.

    Refusal no_core_customer: what the bank does not hold can't be changed.
    """
    if effect == CHANGE_DETAILS:
        if not facts.core_reference:
            raise Refusal("no_core_customer")
        body = _changes(facts) | _limits(visit, facts, released_at)
        return Order(key, effect, facts.core_reference, body)
    body = _application(visit, facts) | _limits(visit, facts, released_at)
    body["papers"] = dict(papers)
    if not facts.core_reference:
        body["person"] = _person(facts)
    return Order(key, effect, facts.core_reference, body)


def _changes(facts: VisitFacts) -> dict[str, Any]:
    """Only what differs from what stood there when the visit began."""
    return {"changes": _differing(facts) or _filled_in(facts)}


def _differing(facts: VisitFacts) -> dict[str, str]:
    wanted = _filled_in(facts)
    return {name: value for name, value in wanted.items() if facts.before.get(name) != value}


def _limits(visit: Visit, facts: VisitFacts, released_at: datetime | None) -> dict[str, Any]:
    """Until when the bank is to keep its limits on, where the script says so of what changed."""
    commit = visit.last(StepKind.COMMIT)
    if commit is None or released_at is None or commit.plan.cools not in _differing(facts):
        return {}
    until = released_at + timedelta(seconds=commit.plan.within)
    return {"limits": {"until": until.isoformat()}}


def _application(visit: Visit, facts: VisitFacts) -> dict[str, Any]:
    return {
        "application": {**facts.intake, **_filled_in(facts)},
        "decision": {
            "verdict": visit.verdict,
            "flags": list(visit.flags),
            "second_person": visit.reviewed,
        },
        "outcome": visit.outcome.value if visit.outcome else None,
        "handed_over": [
            step.id
            for step in visit.steps
            if step.kind is StepKind.HAND_OVER and step.status == "done"
        ],
    }


def _person(facts: VisitFacts) -> Mapping[str, str]:
    """Who it is, for a bank that does not know them yet: as identified in the visit."""
    phone = _filled_in(facts).get("phone", "")
    return {"name": facts.name, "document": facts.document_number, "phone": phone}


def _filled_in(facts: VisitFacts) -> dict[str, str]:
    """The values of all forms, later ones over earlier ones."""
    return {name: value for form in facts.forms.values() for name, value in form.items()}
