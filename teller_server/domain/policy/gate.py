"""The gate on a signature: facts under which it may not be given at a distance.

Found out by trying: for each condition of the rule, facts that make it true are put to the
script, and every signature on the paper must fall away. The text of a condition proves nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from decimal import Decimal

from teller_server.domain import conditions
from teller_server.domain.conditions import Condition
from teller_server.domain.fields import Fact, Field
from teller_server.domain.script import Commit, HandOver, ServiceScript, Step, StepKind

from .finding import Finding, writes
from .kinds_step import SignatureRule
from .scope import judge

Facts = dict[str, Fact]
_NEAR = (
    Decimal("-1"),
    Decimal("-0.01"),
    Decimal("0"),
    Decimal("0.01"),
    Decimal("1"),
    Decimal("1e6"),
)


def check_gate(rule: SignatureRule, found: Finding, signs: list[Step]) -> None:
    """Each closing condition closes every signature, and what stands instead takes place."""
    script = found.script
    for condition in rule.closed_when:
        _known_in_time(condition, found, signs)
        for facts in probes(condition, rule.closed_when, script):
            if judge(found.policy, script.service, facts).decision == "deny":
                continue  # such a visit is never opened
            told = ", ".join(f"{name} = {value}" for name, value in sorted(facts.items()))
            for step in (*signs, *_effects(rule, script)):
                if takes_place(script, step, facts):
                    found.lacks(f"`{step.id}` may not take place with {told}", step)
            if rule.instead:
                _instead(rule.instead, found, facts, told)


def _effects(rule: SignatureRule, script: ServiceScript) -> list[Step]:
    """The commits that ask for more than may be asked for without the signature."""
    if rule.only_effects is None:
        return []
    return [
        step
        for step in script.of_kind(StepKind.COMMIT)
        if isinstance(step.detail, Commit) and step.detail.effect not in rule.only_effects
    ]


def takes_place(script: ServiceScript, step: Step, facts: Mapping[str, Fact]) -> bool:
    """Whether a step would be taken with these facts; what isn't known leaves no step out."""
    held = {name: condition.holds(facts) for name, condition in script.conditions.items()}
    known = {name: value for name, value in held.items() if value is not None}
    return conditions.holds(step.when.text if step.when else "", known) is not False


def probes(
    condition: Condition, all_of: tuple[Condition, ...], script: ServiceScript
) -> Iterator[Facts]:
    """Facts under which `condition` holds, and of the others none that need not."""
    names = {name for one in all_of for name in one.names}
    quiet = {name: _quiet(name, all_of) for name in names}
    for facts in _settings(condition):
        together = {**quiet, **facts}
        if condition.holds(together) is True and all(
            _can_be(script, name, value) for name, value in facts.items()
        ):
            yield together


def _settings(condition: Condition) -> Iterator[Facts]:
    """Values at and around each literal that the condition compares a name with."""
    for name, literal in _comparisons(condition.text):
        if isinstance(literal, Decimal):
            for step in _NEAR:
                yield {name: literal + step}
        else:
            yield {name: literal}


def _quiet(name: str, all_of: tuple[Condition, ...]) -> Fact:
    """A value for which no condition speaks: a small amount, or a word that none names."""
    literals = [value for one in all_of for n, value in _comparisons(one.text) if n == name]
    numbers = [value for value in literals if isinstance(value, Decimal)]
    return Decimal(1) if numbers else "something_else"


def _comparisons(text: str) -> Iterator[tuple[str, Fact]]:
    for node in ast.walk(ast.parse(text, mode="eval")):
        if isinstance(node, ast.Compare):
            for literal in ast.walk(node.comparators[0]):
                if isinstance(literal, ast.Constant):
                    number = isinstance(literal.value, int | float)
                    value = Decimal(str(literal.value)) if number else str(literal.value)
                    yield ast.unparse(node.left), value


def _can_be(script: ServiceScript, name: str, value: Fact) -> bool:
    """Whether a field with choices has that one; what isn't a choice can be anything."""
    field = field_of(script, name)
    if field is None or field.type != "choice":
        return field is not None
    return field.error(str(value)) is None


def field_of(script: ServiceScript, name: str) -> Field | None:
    """The field behind a name like `intake.amount` or `application.amount`."""
    form, _, field = name.partition(".")
    fields = script.intake if form == "intake" else ()
    for step in script.of_kind(StepKind.FORM):
        fields = step.fields if step.id == form else fields
    return next((one for one in fields if one.name == field), None)


def _known_in_time(condition: Condition, found: Finding, signs: list[Step]) -> None:
    """What the gate depends on is written down in a form that comes before every signature."""
    order = {step.id: place for place, step in enumerate(found.script.steps)}
    for name in condition.names:
        if name.startswith("intake."):
            continue
        forms = [form for form in writes(found.script, name) if form.when is None]
        for sign in signs:
            if not any(order[form.id] < order[sign.id] for form in forms):
                found.lacks(f"`{sign.id}` must come after a required field `{name}`", sign)
        found.held(*(form.id for form in forms))


def _instead(outcome: str, found: Finding, facts: Facts, told: str) -> None:
    ends = [
        step
        for step in found.script.of_kind(StepKind.HAND_OVER)
        if isinstance(step.detail, HandOver) and step.detail.outcome == outcome
    ]
    for step in ends:
        in_time = found.overtaken(step, ("checker_decision", "commit")) is None
        if in_time and takes_place(found.script, step, facts):
            found.held(step.id)
            return
    found.lacks(f"with {told} the visit must end in a hand-over `{outcome}`")
