"""From a finished visit to the order that the bank's own system is sent.

The facts are opened from what is sealed and leave the branch in this form only; docs/integration.md
shows each body whole.
"""

from collections.abc import Mapping
from typing import Any

from teller_server.desk.facts import VisitFacts
from teller_server.domain.errors import Refusal
from teller_server.domain.script import StepKind
from teller_server.domain.state import Visit
from teller_server.systems.port import CHANGE_DETAILS, OPEN_ACCOUNT, Order


def order_of(visit: Visit, key: str, effect: str, facts: VisitFacts) -> Order:
    """The order. Refusal no_core_customer: the bank must know whose record it changes."""
    if not facts.core_reference and effect != OPEN_ACCOUNT:
        raise Refusal("no_core_customer")
    body = _changes(facts) if effect == CHANGE_DETAILS else _application(visit, facts)
    return Order(key, effect, facts.core_reference, body)


def _changes(facts: VisitFacts) -> Mapping[str, Any]:
    """Only what differs from what stood there when the visit began."""
    wanted = _filled_in(facts)
    differs = {name: value for name, value in wanted.items() if facts.before.get(name) != value}
    return {"changes": differs or wanted}


def _application(visit: Visit, facts: VisitFacts) -> Mapping[str, Any]:
    return {
        "application": {**facts.intake, **_filled_in(facts)},
        "decision": {
            "verdict": visit.verdict,
            "flags": list(visit.flags),
            "second_person": visit.reviewed,
        },
        "outcome": visit.outcome.value if visit.outcome else None,
        "papers": {name: paper.signed or paper.digest for name, paper in visit.papers.items()},
        "handed_over": [
            step.id
            for step in visit.steps
            if step.kind is StepKind.HAND_OVER and step.status == "done"
        ],
    }


def _filled_in(facts: VisitFacts) -> dict[str, str]:
    """The values of all forms, later ones over earlier ones."""
    return {name: value for form in facts.forms.values() for name, value in form.items()}
