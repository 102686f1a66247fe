"""Whom and what a step asks the registers about, from the plain facts of a visit (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from teller_server.desk.facts import VisitFacts
from teller_server.domain.registers import Register
from teller_server.domain.script import CUSTOMER, RegistryCheck, ServiceScript
from teller_server.domain.script_reader_registers import INTAKE, particulars

_NEEDS: Mapping[Register, tuple[str, ...]] = {
    "citizen": ("name", "document"),
    "phone": ("phone", "document"),
    "company": ("company", "credit_code", "name"),
    "screening": ("name", "document"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Plain values, never logged; empty is not known. `owner`: the company's beneficial owner."""

    name: str
    document: str
    phone: str = ""
    company: str = ""
    credit_code: str = ""
    owner: str = ""

    def lacks(self, check: Register) -> bool:
        """Whether something is missing that this register is asked about."""
        return not all(getattr(self, name) for name in _NEEDS[check])


def subject_of(script: ServiceScript, facts: VisitFacts, step_id: str) -> Subject:
    """Whom the step `step_id` (a registry check) is about."""
    step = script.step(step_id)
    asked = step.detail if isinstance(step.detail, RegistryCheck) else RegistryCheck(())
    name, document = facts.name, facts.document_number
    if step.party != CUSTOMER:
        form = particulars(script, step.party)
        written = facts.forms.get(form.id, {}) if form is not None else {}
        name, document = written.get("guest_name", ""), written.get("guest_document", "")
    firm = _company(facts, asked.company)
    return Subject(
        name,
        document,
        _phone(facts, asked.phone),
        firm.get("company", ""),
        firm.get("credit_code", ""),
        firm.get("beneficial_owner", ""),
    )


def _phone(facts: VisitFacts, wanted: str) -> str:
    form, _, name = wanted.partition(".")
    return facts.phone if form == "customer" else facts.forms.get(form, {}).get(name, "")


def _company(facts: VisitFacts, where: str) -> Mapping[str, str]:
    return facts.intake if where == INTAKE else facts.forms.get(where, {})
