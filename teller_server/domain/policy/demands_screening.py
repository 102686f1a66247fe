"""What the rule about lists of names asks of a script: who is looked up, and before what."""

from __future__ import annotations

from teller_server.domain.script import CUSTOMER, RegistryCheck, ServiceScript, Step, StepKind
from teller_server.domain.script_reader_registers import INTAKE

from .finding import Finding, of_party, parties, writes
from .kinds_step import ScreeningRule

_CHECK = "screening"
_OWNER = "beneficial_owner"


def screening(rule: ScreeningRule, found: Finding) -> None:
    """The register of names is asked; which lists stand in it, the bank vouches for."""
    for party in parties(found.script, every=rule.every_party):
        steps = [step for step, _ in _asking(found.script, party, company=False)]
        found.demand(steps, f"the name screening of {party}", rule.before)
    if rule.owners:
        steps = [
            step
            for step, where in _asking(found.script, CUSTOMER, company=True)
            if _owner_written(found.script, where)
        ]
        found.demand(steps, "the name screening of the company and of its owner", rule.before)
    if rule.lists:
        found.vouched(f"sight of the lists behind the register ({', '.join(rule.lists)})")
    if rule.prior_rejection:
        found.unbuilt("screening against earlier refusals")
    if rule.existing_customer:
        found.unbuilt("screening against existing customers")


def _asking(script: ServiceScript, party: str, *, company: bool) -> list[tuple[Step, str]]:
    """The party's steps that screen a person, or a company, and where that is written down."""
    return [
        (step, step.detail.company)
        for step in of_party(script, StepKind.REGISTRY_CHECK, party)
        if isinstance(step.detail, RegistryCheck)
        and _CHECK in step.detail.checks
        and bool(step.detail.company) == company
    ]


def _owner_written(script: ServiceScript, where: str) -> bool:
    """Whether no visit comes to the screening of a company without its owner's name."""
    if where == INTAKE:
        return any(field.name == _OWNER and field.required for field in script.intake)
    return bool(writes(script, f"{where}.{_OWNER}"))
