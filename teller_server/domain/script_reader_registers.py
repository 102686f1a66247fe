"""What a `registry_check` needs of the steps before it: who, which number, which company."""

from __future__ import annotations

from collections.abc import Iterator

from .fields import Field
from .script import CUSTOMER, Form, RegistryCheck, ServiceScript, Step
from .script_reader_covering import covered

PERSON = {"guest_name": "text", "guest_document": "text"}
"""Fields of the form in which a further party is written down (parts/guest_details)."""
COMPANY = {"company": "text", "credit_code": "credit_code"}
INTAKE = "intake"


def registers_of(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    """What is wrong with the script's registry checks, each with its step."""
    for index, step in enumerate(script.steps):
        if isinstance(step.detail, RegistryCheck):
            before = script.steps[:index]
            yield from _person(step, before)
            yield from _phone(step, step.detail, before)
            yield from _company(script, step, step.detail, before)


def particulars(script: ServiceScript, party: str) -> Step | None:
    """The form in which a further party is written down."""
    forms = (s for s in script.steps if s.party == party and isinstance(s.detail, Form))
    return next((s for s in forms if PERSON.keys() <= {f.name for f in s.fields}), None)


def _person(step: Step, before: tuple[Step, ...]) -> Iterator[tuple[Step, str]]:
    if step.party == CUSTOMER:
        return
    forms = [s for s in before if s.party == step.party and _has(s.fields, PERSON)]
    if not covered(step.when, [s.when for s in forms]):
        yield step, f"`{step.party}` must be written down before (`guest_name`, `guest_document`)"


def _phone(
    step: Step, asked: RegistryCheck, before: tuple[Step, ...]
) -> Iterator[tuple[Step, str]]:
    if "phone" not in asked.checks or asked.phone == "customer.phone":
        return
    form, _, name = asked.phone.partition(".")
    forms = [s for s in before if s.id == form and _has(s.fields, {name: "phone"})]
    if not covered(step.when, [s.when for s in forms]):
        yield step, f"`{asked.phone}` is no phone number that is always written down before"


def _company(
    script: ServiceScript, step: Step, asked: RegistryCheck, before: tuple[Step, ...]
) -> Iterator[tuple[Step, str]]:
    if "company" in asked.checks and not asked.company:
        yield step, "`company` says where the company is written down: `intake` or a form"
    if not asked.company:
        return
    if asked.company == INTAKE:
        written = _has(script.intake, COMPANY)
    else:
        forms = [s for s in before if s.id == asked.company and _has(s.fields, COMPANY)]
        written = covered(step.when, [s.when for s in forms])
    if not written:
        yield step, f"`{asked.company}` does not always hold `company` and `credit_code` before"


def _has(fields: tuple[Field, ...], wanted: dict[str, str]) -> bool:
    types = {field.name: field.type for field in fields}
    return all(types.get(name) == kind for name, kind in wanted.items())
