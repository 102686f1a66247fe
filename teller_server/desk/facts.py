"""What is known in a visit: intake, the bank's record, forms, answers; opened from what is sealed.

Conditions see typed facts, texts see values as they are shown, the bank's own system sees them as
they were given. All of it exists in memory only, for as long as it is used.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.purposes import SERVICE, Purpose
from teller_server.domain.documents import common_names
from teller_server.domain.fields import Fact, Field
from teller_server.domain.people import masked_name, masked_phone
from teller_server.domain.script import Liveness, Questions, ServiceScript, StepKind
from teller_server.domain.state import ReadingState, Visit
from teller_server.store.store import Store

YES_NO = {"yes": {"zh-CN": "是", "en": "Yes"}, "no": {"zh-CN": "否", "en": "No"}}
Values = Mapping[str, str]


@dataclass(frozen=True)
class VisitFacts:
    """The plain values of one visit; each mapping is empty where nothing is known."""

    name: str = ""
    document_number: str = ""
    core_reference: str = ""
    intake: Values = field(default_factory=dict)
    before: Values = field(default_factory=dict)
    forms: Mapping[str, Values] = field(default_factory=dict)
    answers: Mapping[str, Values] = field(default_factory=dict)
    documents: Mapping[str, Mapping[str, Values]] = field(default_factory=dict)  # step, side, field

    def read(self, origin: str) -> str:
        """What a form takes over by `from`: `step.field`, as it was read or put right."""
        step, _, name = origin.partition(".")
        sides = self.documents.get(step, {}).values()
        return next((found for side in sides if (found := common_names(side).get(name))), "")

    @property
    def phone(self) -> str:
        """The customer's number as the bank holds it."""
        return self.before.get("phone", "")


def typed(facts: VisitFacts, script: ServiceScript) -> dict[str, Fact]:
    """The facts that conditions may use, by dotted name."""
    found: dict[str, Fact] = {"customer.known": bool(facts.core_reference)}
    found |= {f"customer.{name}": value for name, value in facts.before.items()}
    found |= _typed("intake", script.intake, facts.intake)
    for step in script.steps:
        if step.kind is StepKind.FORM:
            found |= _typed(step.id, step.fields, facts.forms.get(step.id, {}))
        elif isinstance(step.detail, Questions):
            asked = [_named(q.id, q.answer) for q in step.detail.pool]
            found |= _typed(step.id, asked, facts.answers.get(step.id, {}))
    return found


def holding(facts: VisitFacts, script: ServiceScript) -> dict[str, bool]:
    """Each condition of the script that is known by now, and whether it holds."""
    known = typed(facts, script)
    judged = {name: condition.holds(known) for name, condition in script.conditions.items()}
    return {name: holds for name, holds in judged.items() if holds is not None}


def shown_values(facts: VisitFacts, script: ServiceScript, language: str) -> dict[str, str]:
    """What texts may show, by dotted name; numbers of telephones are masked."""
    found = {
        "customer.name": masked_name(facts.name) if facts.name else "",
        "customer.phone": masked_phone(facts.phone) if facts.phone else "",
    }
    found |= {f"before.{name}": value for name, value in facts.before.items()}
    found |= _shown("intake", script.intake, facts.intake, language)
    for step in script.steps:
        if step.kind is StepKind.FORM:
            values = facts.forms.get(step.id, {})
            found |= _shown(step.id, step.fields, values, language)
            before = {f.name: facts.before.get(f.before or f.name, "") for f in step.fields}
            found |= _shown("before", step.fields, before, language)
        elif isinstance(step.detail, Questions):
            asked = [_named(q.id, q.answer) for q in step.detail.pool]
            found |= _shown(step.id, asked, facts.answers.get(step.id, {}), language)
    return {name: value for name, value in found.items() if value}


def shown(one: Field, value: str, language: str) -> str:
    """A value as a person reads it: a choice by its label, money with its commas."""
    if not value:
        return ""
    match one.type:
        case "choice":
            labels = {option.value: option.label for option in one.options}
            return labels[value][language] if value in labels else value
        case "yes_no":
            return YES_NO[value][language] if value in YES_NO else value
        case "money":
            return f"{one.fact(value):,.2f}"
        case "phone" if one.mask:
            return masked_phone(value)
    return value


class FactsDesk:
    """Opens what a visit's sealed fields hold."""

    def __init__(self, store: Store, keys: DataKeys) -> None:
        self._store = store
        self._keys = keys

    async def of(self, visit: Visit, purpose: Purpose = SERVICE) -> VisitFacts:
        """The facts of a visit. Raises Refusal('key_shredded') when they were destroyed."""
        cipher = FieldCipher(visit.id, await self._keys.get(visit.id, purpose))
        sealed = await self._store.fields.read(visit.id)

        def opened(name: str) -> str:
            return cipher.open(name, sealed[name]) if name in sealed else ""

        return VisitFacts(
            name=opened("name"),
            document_number=opened("document_number"),
            core_reference=opened("core_reference"),
            intake=json.loads(opened("intake") or "{}"),
            before=json.loads(opened("before") or "{}"),
            forms={
                step: json.loads(cipher.open("draft", draft.sealed))
                for step, draft in visit.drafts.items()
            },
            answers={
                step.id: {
                    name: cipher.open("answer", given.sealed)
                    for name, given in step.answers.items()
                    if given.sealed
                }
                for step in visit.steps
                if step.answers
            },
            documents={
                step.id: {
                    side: _document(cipher, page.reading)
                    for side, page in step.pages.items()
                    if page.reading
                }
                for step in visit.steps
                if step.pages
            },
        )


def _document(cipher: FieldCipher, reading: ReadingState) -> dict[str, str]:
    """One side as it was read, and as the teller has put it right."""
    values: dict[str, str] = {}
    if reading.values:
        values = json.loads(cipher.open("reading", reading.values))
    corrected = reading.corrected.items()
    return values | {name: cipher.open("document_field", after) for name, after in corrected}


def draws(detail: object) -> tuple[tuple[str, ...], int, bool]:
    """What a step's pool holds, how many are drawn (0: all), and whether by chance."""
    match detail:
        case Questions(pool=pool, draw=draw, shuffle=shuffle):
            return tuple(q.id for q in pool), draw, shuffle or bool(draw)
        case Liveness(prompts=prompts, draw=draw):  # a challenge is drawn by its own desk
            return tuple(p.id for p in prompts), draw, True
    return (), 0, False


def _named(name: str, one: Field) -> Field:
    return one if one.name == name else replace(one, name=name)


def _typed(prefix: str, fields: Iterable[Field], values: Values) -> dict[str, Fact]:
    return {
        f"{prefix}.{one.name}": one.fact(values[one.name])
        for one in fields
        if values.get(one.name) and one.error(values[one.name]) is None
    }


def _shown(prefix: str, fields: Iterable[Field], values: Values, language: str) -> dict[str, str]:
    return {
        f"{prefix}.{one.name}": shown(one, values.get(one.name, ""), language) for one in fields
    }
